/**
 * What every field of a policy means, one record a field: its default, how a change of it reads, and when a change loosens. The
 * compiler names a field of `PolicyRules` that has none. Besides here and `PolicyRules`, a field stands in `contract/policy-fields`
 * (its form on the wire) and in `store/policies` (its column).
 */

import { canonicalEntries } from '../approver-entry.js';
import {
  GRANT_DEFAULT,
  GRANT_MAX_DEFAULT,
  REASON_MIN_DEFAULT,
  REQUEST_TTL_DEFAULT,
} from '../limits.js';
import { covers } from '../pattern.js';
import { ENTRY_POINTS } from '../vocabulary.js';
import { autoApprovalWidens, describeAutoApproval } from './auto-approve.js';
import { duration, list, yesNo } from './describe-value.js';
import { added } from './entries.js';
import {
  lowered,
  moreApprovers,
  moreRequesters,
  never,
  raised,
  says,
  turnedOff,
  turnedOn,
} from './loosening.js';
import { needsReason, type PolicyRules } from './policy.js';

/** How a value is written on the wire: as it is, as a duration such as `1h`, or as auto-approval. */
export type FieldForm = 'plain' | 'duration' | 'autoApproval';

interface Field<Value> {
  readonly form: FieldForm;
  /** The value in a new policy of this pattern whose author does not set the field. */
  byDefault(uri: string): Value;
  describe(value: Value): string;
  /** Why the change makes more possible, as a sentence. In doubt it does. */
  loosens(
    before: Value,
    after: Value,
    rules: { readonly before: PolicyRules; readonly after: PolicyRules },
  ): string | false;
}

export type PolicyField = keyof PolicyRules;

export const FIELDS: { readonly [F in PolicyField]: Field<PolicyRules[F]> } = {
  uri: {
    form: 'plain',
    byDefault: (uri) => uri,
    describe: (uri) => uri,
    loosens: (before, after) => !covers(before, after) && `it now covers ${after}`,
  },
  name: {
    form: 'plain',
    byDefault: (uri) => uri,
    describe: (name) => name,
    loosens: never,
  },
  permissions: {
    form: 'plain',
    byDefault: () => ['read'],
    describe: list,
    loosens: (before, after) => says(added(before, after), 'can now be requested'),
  },
  requiresApproval: {
    form: 'plain',
    byDefault: () => true,
    describe: yesNo,
    loosens: turnedOff('no approval is needed any more'),
  },
  approvers: {
    form: 'plain',
    byDefault: () => undefined,
    describe: (approvers) => (approvers?.length ? list(approvers) : "the next broader policy's"),
    loosens: moreApprovers,
  },
  requesters: {
    form: 'plain',
    byDefault: () => undefined,
    describe: (requesters) => (requesters ? list(requesters) : 'everyone'),
    loosens: moreRequesters,
  },
  decideFrom: {
    form: 'plain',
    byDefault: () => ENTRY_POINTS,
    describe: list,
    loosens: (before, after) => says(added(before, after), 'can now be decided from'),
  },
  listed: {
    form: 'plain',
    byDefault: () => true,
    describe: yesNo,
    loosens: turnedOn('the metadata is listed for everyone'),
  },
  minApprovals: {
    form: 'plain',
    byDefault: () => 1,
    describe: String,
    loosens: lowered('fewer approvals are enough'),
  },
  allowSelfApproval: {
    form: 'plain',
    byDefault: () => false,
    describe: yesNo,
    loosens: turnedOn('people may approve their own requests'),
  },
  autoApprove: {
    form: 'autoApproval',
    byDefault: () => undefined,
    describe: describeAutoApproval,
    loosens: autoApprovalWidens,
  },
  requireReason: {
    form: 'plain',
    byDefault: () => undefined,
    describe: (required) => (required === undefined ? 'when an approval is' : yesNo(required)),
    loosens: (_was, _is, { before, after }) =>
      needsReason(before) && !needsReason(after) && 'no reason is needed any more',
  },
  minReasonLength: {
    form: 'plain',
    byDefault: () => REASON_MIN_DEFAULT,
    describe: String,
    loosens: lowered('a shorter reason is enough'),
  },
  requireDecisionReason: {
    form: 'plain',
    byDefault: () => false,
    describe: yesNo,
    loosens: turnedOff('an approval needs no reason any more'),
  },
  defaultDuration: {
    form: 'duration',
    byDefault: () => GRANT_DEFAULT,
    describe: duration,
    loosens: raised('grants last longer when the request names no duration'),
  },
  maxDuration: {
    form: 'duration',
    byDefault: () => GRANT_MAX_DEFAULT,
    describe: duration,
    loosens: raised('grants may last longer'),
  },
  requestTtl: {
    form: 'duration',
    byDefault: () => REQUEST_TTL_DEFAULT,
    describe: duration,
    loosens: raised('requests can be approved for longer'),
  },
  maxUses: {
    form: 'plain',
    byDefault: () => undefined,
    describe: (uses) => (uses === undefined ? 'unlimited' : String(uses)),
    loosens: raised('one grant allows more reads'),
  },
  channel: {
    form: 'plain',
    byDefault: () => undefined,
    describe: (channel) => channel ?? 'the configured default',
    loosens: never,
  },
  sensitivity: {
    form: 'plain',
    byDefault: () => 'normal',
    describe: (sensitivity) => sensitivity,
    loosens: (before, after) =>
      before === 'high' && after === 'normal' && 'cards no longer say that this is sensitive',
  },
  mention: {
    form: 'plain',
    byDefault: () => true,
    describe: yesNo,
    loosens: never,
  },
  escalateTo: {
    form: 'plain',
    byDefault: () => undefined,
    describe: (entries = []) => list(entries),
    loosens: (before, after) =>
      says(
        added(canonicalEntries(before ?? []), canonicalEntries(after ?? [])),
        'may decide once a request is escalated',
      ),
  },
  escalateAfter: {
    form: 'duration',
    byDefault: () => undefined,
    describe: (ms) => (ms === undefined ? 'never' : duration(ms)),
    loosens: lowered('further approvers are asked sooner'),
  },
};

/** In the order in which changes are described. */
export const POLICY_FIELDS = Object.keys(FIELDS) as readonly PolicyField[];

/** Rules made field by field. */
export const rulesFrom = (value: (field: PolicyField) => unknown): PolicyRules =>
  Object.fromEntries(POLICY_FIELDS.map((field) => [field, value(field)])) as unknown as PolicyRules;

/** A new policy of this pattern, before its author sets any field. */
export const defaultRules = (uri: string): PolicyRules =>
  rulesFrom((field) => FIELDS[field].byDefault(uri));
