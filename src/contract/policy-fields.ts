/** Every field of a policy on the wire. The compiler names one of the domain's that is missing here, in `http/wire/policy`. */

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
import {
  CONDITION_FORMS,
  type ConditionForm,
  type ConditionName,
  ENTRY_POINTS,
  type FormOf,
  OPERATIONS,
  SENSITIVITIES,
} from '../domain/vocabulary.js';
import { accepts } from './accepted-values.js';
import { sideOf } from './field-pair.js';
import {
  approver,
  duration,
  INT_MAX,
  namedKey,
  operation,
  requester,
  slackChannelId,
} from './fields.js';

const URI = accepts('a resource or pattern such as vsecure://secrets/production/*');
const NAME = accepts(`printable text of at most ${NAME_MAX} characters`);
const yesNo = z.boolean(accepts('true or false'));
const texts = z.array(z.string());

function whole(most: number) {
  const expected = accepts(`a whole number from 1 to ${most}`);
  return z.int(expected).min(1, expected).max(most, expected);
}

function words<const T extends readonly [string, ...string[]]>(allowed: T, what: string) {
  const expected = accepts(`${what}: ${allowed.join(', ')}`);
  return z.array(z.enum(allowed, expected), expected).max(10, expected);
}

function people<T extends z.ZodType>(item: T, most: number, what: string) {
  const expected = accepts(`a list of at most ${most} ${what}`);
  return z.array(item, expected).max(most, expected);
}

const operations = words(OPERATIONS, 'a list of operations');
const entryPoints = words(ENTRY_POINTS, 'a list of entry points');
const approvers = people(approver, APPROVERS_MAX, 'e-mail addresses and Slack ids');
const keys = people(namedKey, REQUESTERS_MAX, 'names of keys');
const requesters = people(requester, REQUESTERS_MAX, 'names of keys and e-mail addresses');

/** The server says what a time window means; it answers with the window as it understood it. */
const windowText = z.string().max(200);
const timeWindows = z.union(
  [windowText, z.array(windowText).max(TIME_WINDOWS_MAX)],
  accepts('a time window such as Mon-Fri 09:00-17:00 America/Los_Angeles, or a list of them'),
);

const CONDITION_PAIRS = {
  /** Answers hold canonical windows: their zone is an IANA name, whatever the document says. */
  timeWindows: { document: timeWindows.exactOptional(), answer: texts.optional() },
  names: { document: keys.exactOptional(), answer: texts.optional() },
  operations: { document: operations.exactOptional(), answer: z.array(operation).optional() },
  duration: { document: duration.exactOptional(), answer: z.string().optional() },
} satisfies Record<ConditionForm, object>;

type ConditionPairs = { [Name in ConditionName]: (typeof CONDITION_PAIRS)[FormOf<Name>] };
const conditions = Object.fromEntries(
  Object.entries(CONDITION_FORMS).map(([name, form]) => [name, CONDITION_PAIRS[form]]),
) as ConditionPairs;

const CONDITIONS = accepts(
  `conditions, all of which must hold: ${Object.keys(conditions).join(', ')}`,
);

/** Strict: to ignore a condition that is misspelt would grant more. */
const autoApprove = {
  document: z.strictObject(
    {
      enabled: yesNo,
      conditions: z.strictObject(sideOf(conditions, 'document'), CONDITIONS).exactOptional(),
    },
    accepts('enabled, and conditions'),
  ),
  answer: z.object({ enabled: z.boolean(), conditions: z.object(sideOf(conditions, 'answer')) }),
};

export const policyFields = {
  uri: { document: z.string(URI).min(1, URI).max(URI_MAX_BYTES, URI), answer: z.string() },
  name: {
    document: z
      .string(NAME)
      .min(1, NAME)
      .max(NAME_MAX, NAME)
      .regex(/^[^\p{C}]+$/u, NAME)
      .exactOptional(),
    answer: z.string(),
  },
  permissions: { document: operations.exactOptional(), answer: z.array(operation) },
  requiresApproval: { document: yesNo.exactOptional(), answer: z.boolean() },
  /** Absent: the next broader policy's. */
  approvers: { document: approvers.exactOptional(), answer: texts.optional() },
  /** Absent: everyone. */
  requesters: { document: requesters.exactOptional(), answer: texts.optional() },
  decideFrom: {
    document: entryPoints.min(1, accepts('at least one entry point')).exactOptional(),
    answer: z.array(z.enum(ENTRY_POINTS)),
  },
  listed: { document: yesNo.exactOptional(), answer: z.boolean() },
  minApprovals: { document: whole(MIN_APPROVALS_MAX).exactOptional(), answer: z.int() },
  allowSelfApproval: { document: yesNo.exactOptional(), answer: z.boolean() },
  autoApprove: {
    document: autoApprove.document.exactOptional(),
    answer: autoApprove.answer.optional(),
  },
  requireReason: { document: yesNo.exactOptional(), answer: z.boolean().optional() },
  minReasonLength: { document: whole(REASON_MAX).exactOptional(), answer: z.int() },
  requireDecisionReason: { document: yesNo.exactOptional(), answer: z.boolean() },
  defaultDuration: { document: duration.exactOptional(), answer: z.string() },
  maxDuration: { document: duration.exactOptional(), answer: z.string() },
  requestTtl: { document: duration.exactOptional(), answer: z.string() },
  maxUses: { document: whole(INT_MAX).exactOptional(), answer: z.int().optional() },
  channel: { document: slackChannelId.exactOptional(), answer: z.string().optional() },
  sensitivity: {
    document: z.enum(SENSITIVITIES, accepts('normal or high')).exactOptional(),
    answer: z.enum(SENSITIVITIES),
  },
  mention: { document: yesNo.exactOptional(), answer: z.boolean() },
  escalateTo: {
    document: approvers.min(1, accepts('at least one of them')).exactOptional(),
    answer: texts.optional(),
  },
  escalateAfter: { document: duration.exactOptional(), answer: z.string().optional() },
};
