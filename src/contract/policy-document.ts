/** The document that sets a policy: the same in REST, the SDK and the policy file. */

import { z } from 'zod';
import {
  APPROVERS_MAX,
  MIN_APPROVALS_MAX,
  NAME_MAX,
  REASON_MAX,
  REQUESTERS_MAX,
  TIME_WINDOWS_MAX,
  URI_MAX_BYTES,
} from '../domain/limits.js';
import { ENTRY_POINTS, OPERATIONS } from '../domain/vocabulary.js';
import { accepts } from './accepted-values.js';
import { approver, duration, INT_MAX, requester, slackChannelId } from './fields.js';
import { described } from './schema-names.js';

const URI = accepts('a resource or pattern such as vsecure://secrets/production/*');
const NAME = accepts(`printable text of at most ${NAME_MAX} characters`);
const yesNo = z.boolean(accepts('true or false'));

function whole(most: number) {
  const said = accepts(`a whole number from 1 to ${most}`);
  return z.int(said).min(1, said).max(most, said);
}

function words<const T extends readonly [string, ...string[]]>(allowed: T, what: string) {
  const said = accepts(`${what}: ${allowed.join(', ')}`);
  return z.array(z.enum(allowed, said), said).max(10, said);
}

function people<T extends z.ZodType>(item: T, most: number, what: string) {
  const said = accepts(`a list of at most ${most} ${what}`);
  return z.array(item, said).max(most, said);
}

const operations = words(OPERATIONS, 'a list of operations');
const entryPoints = words(ENTRY_POINTS, 'a list of doors');
const approvers = people(approver, APPROVERS_MAX, 'e-mail addresses and Slack ids');
const requesters = people(requester, REQUESTERS_MAX, 'names of keys and e-mail addresses');

/** What a time window means is the server's to say; it answers with the window as it understood it. */
const windowText = z.string().max(200);
const timeWindow = z.union(
  [windowText, z.array(windowText).max(TIME_WINDOWS_MAX)],
  accepts('a time window such as Mon-Fri 09:00-17:00 America/Los_Angeles, or a list of them'),
);

const conditions = z.strictObject(
  {
    timeWindow: timeWindow.exactOptional(),
    requester: requesters.exactOptional(),
    operations: operations.exactOptional(),
    maxDuration: duration.exactOptional(),
  },
  accepts('conditions: timeWindow, requester, operations and maxDuration, all of which must hold'),
);

const autoApprove = z.strictObject(
  { enabled: yesNo, conditions: conditions.exactOptional() },
  accepts('enabled, and conditions'),
);

/** Strict: a rule that would be ignored is worse than one that is refused. */
export const policyDocument = z.strictObject(
  {
    uri: z.string(URI).min(1, URI).max(URI_MAX_BYTES, URI),
    name: z
      .string(NAME)
      .min(1, NAME)
      .max(NAME_MAX, NAME)
      .regex(/^[^\p{C}]+$/u, NAME)
      .exactOptional(),
    permissions: operations.exactOptional(),
    requiresApproval: yesNo.exactOptional(),
    approvers: approvers.exactOptional(),
    requesters: requesters.exactOptional(),
    decideFrom: entryPoints.min(1, accepts('at least one door')).exactOptional(),
    listed: yesNo.exactOptional(),
    minApprovals: whole(MIN_APPROVALS_MAX).exactOptional(),
    allowSelfApproval: yesNo.exactOptional(),
    autoApprove: autoApprove.exactOptional(),
    requireReason: yesNo.exactOptional(),
    minReasonLength: whole(REASON_MAX).exactOptional(),
    requireDecisionReason: yesNo.exactOptional(),
    defaultDuration: duration.exactOptional(),
    maxDuration: duration.exactOptional(),
    requestTtl: duration.exactOptional(),
    maxUses: whole(INT_MAX).exactOptional(),
    channel: slackChannelId.exactOptional(),
    mention: yesNo.exactOptional(),
    escalateTo: approvers.min(1, accepts('at least one of them')).exactOptional(),
    escalateAfter: duration.exactOptional(),
  },
  accepts('a policy: fields such as uri and approvers'),
);
described.add(policyDocument, { id: 'PolicyDocument' });
export type PolicyDocument = z.input<typeof policyDocument>;
