/** What a change of a policy does, in words: for the announcement, the audit event and `--dry-run`. */

import { formatDuration } from '../duration.js';
import { SECOND } from '../limits.js';
import { type AutoApprove, isReadable } from './auto-approve.js';
import { loosenings } from './loosening.js';
import type { PolicyRules } from './policy.js';

export interface PolicyChange {
  /** One for each field that differs, such as `maxDuration: 1h → 8h`. */
  readonly lines: readonly string[];
  /** Why more is possible after it than before. Empty: nothing is looser. */
  readonly loosens: readonly string[];
}

type Show = (rules: PolicyRules) => string;

const SHOW: Record<keyof PolicyRules, Show> = {
  uri: ({ uri }) => uri,
  name: ({ name }) => name,
  permissions: ({ permissions }) => list(permissions),
  requiresApproval: ({ requiresApproval }) => yesNo(requiresApproval),
  approvers: ({ approvers }) => (approvers?.length ? list(approvers) : "the next broader policy's"),
  requesters: ({ requesters }) => (requesters ? list(requesters) : 'everyone'),
  decideFrom: ({ decideFrom }) => list(decideFrom),
  listed: ({ listed }) => yesNo(listed),
  minApprovals: ({ minApprovals }) => String(minApprovals),
  allowSelfApproval: ({ allowSelfApproval }) => yesNo(allowSelfApproval),
  autoApprove: ({ autoApprove }) => autoApproval(autoApprove),
  requireReason: ({ requireReason }) =>
    requireReason === undefined ? 'when an approval is' : yesNo(requireReason),
  minReasonLength: ({ minReasonLength }) => String(minReasonLength),
  requireDecisionReason: ({ requireDecisionReason }) => yesNo(requireDecisionReason),
  defaultDuration: ({ defaultDuration }) => duration(defaultDuration),
  maxDuration: ({ maxDuration }) => duration(maxDuration),
  requestTtl: ({ requestTtl }) => duration(requestTtl),
  maxUses: ({ maxUses }) => (maxUses === undefined ? 'unlimited' : String(maxUses)),
  channel: ({ channel }) => channel ?? 'the configured default',
  mention: ({ mention }) => yesNo(mention),
  escalateTo: ({ escalateTo = [] }) => list(escalateTo),
  escalateAfter: ({ escalateAfter }) =>
    escalateAfter === undefined ? 'never' : duration(escalateAfter),
};

/** The difference between two versions of a policy. Undefined: there is none before, or none after. */
export function describeChange(
  before: PolicyRules | undefined,
  after: PolicyRules | undefined,
): PolicyChange {
  return { lines: differences(before, after), loosens: loosenings(before, after) };
}

function differences(
  before: PolicyRules | undefined,
  after: PolicyRules | undefined,
): readonly string[] {
  const shown = before ?? after;
  if (!shown) return [];
  if (!before || !after) {
    const facts = Object.entries(SHOW).map(([field, show]) => `${field}: ${show(shown)}`);
    return [after ? 'new policy' : 'policy removed', ...facts];
  }
  return Object.entries(SHOW)
    .filter(([, show]) => show(before) !== show(after))
    .map(([field, show]) => `${field}: ${show(before)} → ${show(after)}`);
}

function autoApproval(auto: AutoApprove | undefined): string {
  if (!auto) return 'off';
  if (!isReadable(auto)) return 'unreadable, so a person is always asked';
  const { timeWindow, requester, operations, maxDuration } = auto.conditions;
  const conditions = [
    timeWindow && `timeWindow ${list(timeWindow.map(({ text }) => text))}`,
    requester && `requester ${list(requester)}`,
    operations && `operations ${list(operations)}`,
    maxDuration !== undefined && `maxDuration ${duration(maxDuration)}`,
  ].filter((condition) => typeof condition === 'string');
  const when = conditions.length > 0 ? ` when ${conditions.join(' and ')}` : '';
  return `${auto.enabled ? 'on' : 'off'}${when}`;
}

/** The order and repetition of entries mean nothing. */
function list(items: readonly string[]): string {
  return [...new Set(items)].sort().map(asItem).join(', ') || 'none';
}

/** A key may have a name that says something else here: without marks, letting in one called `everyone` would look like no change. */
function asItem(item: string): string {
  return /^(?:none|everyone)$/.test(item) ? JSON.stringify(item) : item;
}

/** A difference below a second is one too. */
function duration(ms: number): string {
  return ms % SECOND === 0 ? formatDuration(ms) : `${ms}ms`;
}

const yesNo = (value: boolean): string => (value ? 'yes' : 'no');
