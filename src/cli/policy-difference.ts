/** What a set of policies changes, for the person who decides whether it may: first what it loosens. */

import type { AppliedPolicy } from '../sdk/index.js';

const WORDS: Record<AppliedPolicy['outcome'], string> = {
  created: 'new',
  changed: 'changed',
  unchanged: 'unchanged',
  removed: 'removed',
};

export const isChange = ({ outcome }: AppliedPolicy): boolean => outcome !== 'unchanged';

export function difference(applied: readonly AppliedPolicy[]): string {
  const changed = applied.filter(isChange);
  const looser = changed.flatMap(({ uri, loosens }) => loosens.map((why) => `  ${uri}: ${why}`));
  const warned = applied.flatMap(({ uri, warnings }) => warnings.map((what) => [uri, what]));
  return [
    ...headed('Looser than before:', looser),
    ...headed('Changes:', changed.flatMap(describe)),
    ...headed(
      'Warnings:',
      warned.map(([uri, what]) => `  ${uri}: ${what}`),
    ),
    summary(applied),
  ].join('\n');
}

/** `1 new, 2 unchanged.` */
export function summary(applied: readonly AppliedPolicy[]): string {
  const counts = Object.entries(WORDS).map(([outcome, word]) => {
    const count = applied.filter((policy) => policy.outcome === outcome).length;
    return count > 0 ? `${count} ${word}` : undefined;
  });
  return `${counts.filter((part) => part !== undefined).join(', ')}.`;
}

const describe = ({ uri, outcome, lines }: AppliedPolicy) => [
  `  ${uri} (${WORDS[outcome]})`,
  // Its first line says once more that the policy is new or gone.
  ...lines.slice(outcome === 'changed' ? 0 : 1).map((line) => `    ${line}`),
];

const headed = (head: string, lines: readonly string[]) =>
  lines.length > 0 ? [head, ...lines, ''] : [];
