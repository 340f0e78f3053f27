/**
 * What a change of a policy makes possible that was not. Judged field by field and in doubt called looser: a change that tightens
 * one field must not hide what it opens in another.
 */

import { covers } from '../pattern.js';
import { autoApprovalWidens } from './auto-approve-widening.js';
import type { PolicyRules } from './policy.js';

type Loosening = (before: PolicyRules, after: PolicyRules) => string | false;

const LOOSENS: Record<keyof PolicyRules, Loosening> = {
  uri: (before, after) => !covers(before.uri, after.uri) && `it now covers ${after.uri}`,
  name: () => false,
  permissions: (before, after) =>
    says(added(before.permissions, after.permissions), 'can now be asked for'),
  requiresApproval: (before, after) =>
    before.requiresApproval && !after.requiresApproval && 'no approval is needed any more',
  approvers: (before, after) => moreApprovers(before.approvers, after.approvers),
  requesters: (before, after) => moreRequesters(before.requesters, after.requesters),
  decideFrom: (before, after) =>
    says(added(before.decideFrom, after.decideFrom), 'can now be decided from'),
  listed: (before, after) =>
    !before.listed && after.listed && 'the metadata is listed for everyone',
  minApprovals: (before, after) =>
    after.minApprovals < before.minApprovals && 'fewer approvals are enough',
  allowSelfApproval: (before, after) =>
    !before.allowSelfApproval && after.allowSelfApproval && 'people may approve their own requests',
  autoApprove: (before, after) => autoApprovalWidens(before.autoApprove, after.autoApprove),
  requireReason: (before, after) =>
    needsReason(before) && !needsReason(after) && 'no reason is needed any more',
  minReasonLength: (before, after) =>
    after.minReasonLength < before.minReasonLength && 'a shorter reason is enough',
  requireDecisionReason: (before, after) =>
    before.requireDecisionReason &&
    !after.requireDecisionReason &&
    'an approval needs no reason any more',
  defaultDuration: (before, after) =>
    after.defaultDuration > before.defaultDuration &&
    'grants last longer where nobody says how long',
  maxDuration: (before, after) =>
    after.maxDuration > before.maxDuration && 'grants may last longer',
  requestTtl: (before, after) =>
    after.requestTtl > before.requestTtl && 'requests can be approved for longer',
  maxUses: (before, after) =>
    orNever(after.maxUses) > orNever(before.maxUses) && 'one grant allows more reads',
  channel: () => false,
  mention: () => false,
  escalateTo: (before, after) =>
    says(added(folded(before.escalateTo), folded(after.escalateTo)), 'may decide after a silence'),
  escalateAfter: (before, after) =>
    orNever(after.escalateAfter) < orNever(before.escalateAfter) &&
    'further approvers are asked sooner',
};

/** Why the change loosens, a sentence each. A policy that comes or goes does: what decided before, or decides from now on, is another one. */
export function loosenings(
  before: PolicyRules | undefined,
  after: PolicyRules | undefined,
): readonly string[] {
  if (before && after)
    return Object.values(LOOSENS).flatMap((loosening) => loosening(before, after) || []);
  if (after)
    return after.permissions.length > 0 ? ['it opens what had no policy or a broader one'] : [];
  return before ? ['what it guarded is left to the next broader policy, if there is one'] : [];
}

/** None named means that a broader policy names them, and whom is not known here. */
function moreApprovers(
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
): string | false {
  if (after?.length) return says(added(folded(before), folded(after)), 'may now approve');
  return before?.length ? "the next broader policy's approvers may now approve" : false;
}

function moreRequesters(
  before: readonly string[] | undefined,
  after: readonly string[] | undefined,
): string | false {
  if (before === undefined) return false;
  return after ? says(added(before, after), 'may now ask') : 'everyone may now ask';
}

function needsReason({ requireReason, requiresApproval }: PolicyRules): boolean {
  return requireReason ?? requiresApproval;
}

function added(before: readonly string[], after: readonly string[]): readonly string[] {
  return [...new Set(after)].filter((item) => !before.includes(item));
}

function says(items: readonly string[], what: string): string | false {
  return items.length > 0 && `${items.join(', ')} ${what}`;
}

/** E-mails are the same in any case. */
function folded(entries: readonly string[] = []): readonly string[] {
  return entries.map((entry) => (entry.includes('@') ? entry.toLowerCase() : entry));
}

const orNever = (limit: number | undefined): number => limit ?? Number.POSITIVE_INFINITY;
