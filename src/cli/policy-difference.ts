/** What a set of policies changes, for the person who confirms it. What loosens comes first. */

import type { AppliedPolicy } from '../sdk/index.js';

const LABELS: Record<AppliedPolicy['outcome'], string> = {
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
  const counts = Object.entries(LABELS).map(([outcome, label]) => {
    const count = applied.filter((policy) => policy.outcome === outcome).length;
    return count > 0 ? `${count} ${label}` : undefined;
  });
  return `${counts.filter((part) => part !== undefined).join(', ')}.`;
}

const describe = ({ uri, outcome, lines }: AppliedPolicy) => [
  `  ${uri} (${LABELS[outcome]})`,
  // The first line repeats that the policy is new or removed.
  ...lines.slice(outcome === 'changed' ? 0 : 1).map((line) => `    ${line}`),
];

const headed = (head: string, lines: readonly string[]) =>
  lines.length > 0 ? [head, ...lines, ''] : [];
