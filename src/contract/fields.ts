/** Field schemas shared by all API schemas. They check the format; the domain checks the meaning. */

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

const idOf = <const P extends string>(prefix: P, what: string) =>
  z.templateLiteral(
    [prefix, z.string().regex(/^[0-9A-Za-z]{22}$/)],
    accepts(what, `an id that starts with ${prefix}`),
  );

export const approvalId = idOf('appr_', 'a request id');
export const grantId = idOf('grnt_', 'a grant id');
export const principalId = idOf('prin_', 'a principal id');
const KEY_ID = accepts('a key id', 'an id from the list of keys');
export const keyId = z.string(KEY_ID).regex(/^[0-9A-Za-z]{10}$/, KEY_ID);

export const operation = z.enum(OPERATIONS);
export const approvalStatus = z.enum(APPROVAL_STATUSES);
export const eventType = z.enum(EVENT_TYPES);
export const keyClass = z.enum(KEY_CLASSES);
export const role = z.enum(ROLES);
export const scope = z.enum(SCOPES);

/** A full resource URI or pattern. The domain checks its grammar. */
export const uri = z
  .string()
  .min(1)
  .max(URI_MAX_BYTES)
  .register(described, { examples: ['vsecure://secrets/production/DATABASE_URL'] });

const DURATION = accepts('a duration', '30m, 1h, 1h30m or 7d');

/** `30m`, `1h`, `1h30m` or `7d`. Never zero. */
export const duration = z
  .string(DURATION)
  .regex(/^(?=.*[1-9])(?:\d{1,3}d)?(?:\d{1,4}h)?(?:\d{1,5}m)?(?:\d{1,6}s)?$/, DURATION)
  .register(described, { examples: ['1h', '1h30m'] });

/** Free text of people and agents. The maximum counts UTF-16 units; the policy's minimum counts characters. */
export const reason = z
  .string()
  .max(REASON_MAX)
  .register(described, { examples: ['Debugging the failing database connection'] });

/** A reason that the person must give. */
export const decisionReason = reason.refine((text) => text.trim() !== '', {
  error: 'missing; give a reason',
});

/** Accepts what browsers accept, so that `admin@localhost` is valid. */
export const email = z.email({ pattern: z.regexes.html5Email }).max(EMAIL_MAX);
/** The name of a key. No new key gets one with an `@`, which earlier versions accepted. */
export const principalName = z
  .string()
  .max(NAME_MAX)
  .regex(/^[A-Za-z0-9][A-Za-z0-9._@+-]*$/, {
    error: 'not a name; use letters, digits and . _ @ + -, starting with a letter or digit',
  });

const TEAM = accepts('a Slack team id', 'an id such as T0123456789');
export const slackTeamId = z.string(TEAM).regex(/^[TE][A-Z0-9]{1,30}$/, TEAM);
const USER = accepts('a Slack user id', 'an id such as U0123456789');
export const slackUserId = z.string(USER).regex(SLACK_USER_ID, USER);
const CHANNEL = accepts('a Slack channel id', 'an id such as C0123456789');
export const slackChannelId = z.string(CHANNEL).regex(/^[CGD][A-Z0-9]{1,30}$/, CHANNEL);

const APPROVER = accepts(
  'an approver',
  'an e-mail address, a Slack user id (U… or W…) or a Slack user group id (S…)',
);
/** An approver as written in a policy. */
export const approver = z
  .string(APPROVER)
  .refine(
    (entry) =>
      [SLACK_USER_ID, SLACK_GROUP_ID].some((id) => id.test(entry)) ||
      email.safeParse(entry).success,
    APPROVER,
  );

const KEY = accepts(
  'the name of an API key',
  'a name such as claude-desktop, or key: and the name; an e-mail address names a person, not a key',
);
const isKey = (entry: string) =>
  entry.startsWith('key:')
    ? principalName.safeParse(entry.slice(4)).success
    : !entry.includes('@') && principalName.safeParse(entry).success;
/** A key as written in a policy. */
export const namedKey = z.string(KEY).refine(isKey, KEY);

const REQUESTER = accepts(
  'a requester',
  'the name of an API key (claude-desktop or key:claude-desktop) or the e-mail address of its owner',
);
/** A requester as written in a policy. A text with an `@` is an address, unless it begins with `key:`. */
export const requester = z
  .string(REQUESTER)
  .refine((entry) => isKey(entry) || email.safeParse(entry).success, REQUESTER);

const DIGEST = accepts('a digest', 'the `digest` of the approval');
/** SHA-256 in lower-case hex. */
export const digest = z.string(DIGEST).regex(/^[0-9a-f]{64}$/, DIGEST);

/** The largest integer that a database column can hold. */
export const INT_MAX = 2 ** 31 - 1;

/** A boolean in a query string. */
export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** RFC 3339 in UTC. */
export const timestamp = z.iso.datetime();

/** A point in time: how long ago (`24h`), a date, or a date with time and zone. */
export const moment = z.union([duration, z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'not a time; use 24h (ago), 2026-05-01 or 2026-05-01T09:00:00Z',
});

/** The error of an invalid cursor. */
export const CURSOR = accepts('a cursor', '`next` of the previous page');

export const page = z.object({
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
  /** A cursor. In the list of secrets it is a path. */
  after: z
    .string()
    .max(URI_MAX_BYTES)
    .regex(/^[\x21-\x7e]+$/, CURSOR)
    .optional(),
});
