/** Finds probable mistakes in a policy when it is written, before a request has to wait because of them. */

import { splitPath } from '../uri.js';
import { type ApproverFacts, lintApprovers } from './lint-approvers.js';
import { type LintFinding, refuse, warn } from './lint-finding.js';
import type { PolicyRules } from './policy.js';
import { createPolicyIndex, type PolicyIndex } from './policy-index.js';
import { shadowedBy } from './shadowed.js';

/** Findings for the author of one of the policies. `policies` are all that would be in force: they are read once for a whole set. */
export function createLint(
  policies: readonly PolicyRules[],
  facts: ApproverFacts,
): (changed: PolicyRules) => readonly LintFinding[] {
  const known = createPolicyIndex(policies);
  return (changed) => {
    const broader = known.covering(changed.uri).filter(({ uri }) => uri !== changed.uri);
    return [
      ...lintShadows(known, changed, broader),
      ...lintAutoApproval(changed),
      ...lintApprovers(changed, broader, facts),
    ];
  };
}

function lintShadows(
  known: PolicyIndex,
  { uri }: PolicyRules,
  broader: readonly PolicyRules[],
): readonly LintFinding[] {
  const above = shadowedBy(known, uri);
  if (above.length > 0) return [refuse(neverDecides(uri, above))];
  return broader.flatMap((other) => {
    const shadows = shadowedBy(known, other.uri);
    return shadows.includes(uri) ? [warn(neverDecides(other.uri, shadows))] : [];
  });
}

function neverDecides(uri: string, shadows: readonly string[]): string {
  const cover = shadows.length === 1 ? 'covers all of it and is' : 'cover all of it and are';
  return `${uri} can never decide anything: ${shadows.join(' and ')} ${cover} more specific. Remove it, or change what covers it.`;
}

function lintAutoApproval({ uri, autoApprove }: PolicyRules): readonly LintFinding[] {
  if (!autoApprove?.enabled) return [];
  const given = Object.entries(autoApprove.conditions).filter(([, wanted]) => wanted !== undefined);
  if (given.length === 0 && coversAll(uri))
    return [
      refuse(
        `Auto-approval without a condition on ${uri} would grant every request for everything at once. Give it a condition, or a narrower pattern.`,
      ),
    ];
  if (given.length === 0)
    return [warn(`Auto-approval without a condition grants every request for ${uri} at once.`)];
  return given
    .filter(([, wanted]) => Array.isArray(wanted) && wanted.length === 0)
    .map(([condition]) =>
      warn(`autoApprove.conditions.${condition} is empty, so nothing is ever auto-approved.`),
    );
}

/** `**`, and its equivalents: only wildcards, to any depth. */
function coversAll(uri: string): boolean {
  const path = splitPath(uri);
  if (typeof path === 'string') return false;
  const { segments } = path;
  return segments.at(-1) === '**' && segments.every((segment) => /^\*\*?$/.test(segment));
}
