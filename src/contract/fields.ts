/** The small shapes that every wire schema is made of. They check form; the domain checks meaning. */

import { z } from 'zod';
import {
  EMAIL_MAX,
  NAME_MAX,
  PAGE_DEFAULT,
  PAGE_MAX,
  REASON_MAX,
  URI_MAX_BYTES,
} from '../domain/limits.js';
import {
  APPROVAL_STATUSES,
  EVENT_TYPES,
  KEY_CLASSES,
  OPERATIONS,
  ROLES,
  SCOPES,
  SLACK_GROUP_ID,
  SLACK_USER_ID,
} from '../domain/vocabulary.js';
import { accepts } from './accepted-values.js';
import { described } from './schema-names.js';

export const approvalId = z.templateLiteral(['appr_', z.string().regex(/^[0-9A-Za-z]{22}$/)]);
export const grantId = z.templateLiteral(['grnt_', z.string().regex(/^[0-9A-Za-z]{22}$/)]);
export const principalId = z.templateLiteral(['prin_', z.string().regex(/^[0-9A-Za-z]{22}$/)]);
export const keyId = z.string().regex(/^[0-9A-Za-z]{10}$/);

export const operation = z.enum(OPERATIONS);
export const approvalStatus = z.enum(APPROVAL_STATUSES);
export const eventType = z.enum(EVENT_TYPES);
export const keyClass = z.enum(KEY_CLASSES);
export const role = z.enum(ROLES);
export const scope = z.enum(SCOPES);

/** A resource or pattern in full; the domain's grammar has the last word. */
export const uri = z
  .string()
  .min(1)
  .max(URI_MAX_BYTES)
  .register(described, { examples: ['vsecure://secrets/production/DATABASE_URL'] });

const DURATION = accepts('a duration such as 30m, 1h, 1h30m or 7d');

/** `30m`, `1h`, `1h30m`, `7d`; not nothing. */
export const duration = z
  .string(DURATION)
  .regex(/^(?=.*[1-9])(?:\d{1,3}d)?(?:\d{1,4}h)?(?:\d{1,5}m)?(?:\d{1,6}s)?$/, DURATION)
  .register(described, { examples: ['1h', '1h30m'] });

/** Free text of people and agents. Length in UTF-16 units; the policy counts what it says. */
export const reason = z
  .string()
  .max(REASON_MAX)
  .register(described, { examples: ['Debugging the failing database connection'] });

/** Of a person who must give one. */
export const decisionReason = reason.refine((text) => text.trim() !== '', {
  error: 'a reason is required',
});

/** As browsers check it, so that `admin@localhost` is one. */
export const email = z.email({ pattern: z.regexes.html5Email }).max(EMAIL_MAX);
export const principalName = z
  .string()
  .max(NAME_MAX)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@+-]*$/, {
    error: 'a name starts with a letter or digit and holds only letters, digits and . _ @ + -',
  });

export const slackTeamId = z.string().regex(/^[TE][A-Z0-9]{1,30}$/);
export const slackUserId = z.string().regex(SLACK_USER_ID);
const CHANNEL = accepts('the id of a Slack channel, such as C0123456789');
export const slackChannelId = z.string(CHANNEL).regex(/^[CGD][A-Z0-9]{1,30}$/, CHANNEL);

const APPROVER = accepts(
  'e-mail addresses, Slack user ids (U… or W…) or Slack user groups (S…), one an entry',
);
/** Who may decide, as a policy names them. */
export const approver = z
  .string(APPROVER)
  .refine(
    (entry) =>
      [SLACK_USER_ID, SLACK_GROUP_ID].some((id) => id.test(entry)) ||
      email.safeParse(entry).success,
    APPROVER,
  );

const REQUESTER = accepts('names of API keys or e-mail addresses of their owners');
/** Who may ask, as a policy names them. */
export const requester = z
  .string(REQUESTER)
  .refine(
    (entry) => principalName.safeParse(entry).success || email.safeParse(entry).success,
    REQUESTER,
  );

/** SHA-256 in lower-case hex. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** The largest number that a column holds. */
export const INT_MAX = 2 ** 31 - 1;

/** A boolean in a query string. */
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** RFC 3339 in UTC. */
export const timestamp = z.iso.datetime();

/** A point in time as people give it: how long ago (`24h`), a date, or a date with time and zone. */
export const moment = z.union([duration, z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'a time is written like 24h (ago), 2026-05-01 or 2026-05-01T09:00:00Z',
});

export const page = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
  /** A cursor; in the list of secrets it is a path. */
  after: z
    .string()
    .max(URI_MAX_BYTES)
    .regex(/^[\x21-\x7e]+$/)
    .optional(),
});
