/** The product's limits and defaults, each with its unit and its reason. */

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Bytes. Longer than any real path, short enough to read on a phone. */
export const URI_MAX_BYTES = 512;
export const URI_MAX_SEGMENTS = 8;
export const SEGMENT_MAX_LENGTH = 128;

/** Resources in one approval: as many as a person can check on one card. */
export const RESOURCES_MAX = 20;

/** Characters of free text. An unbounded reason could exhaust the server or bury the facts. */
export const REASON_MAX = 2000;
export const REASON_MIN_DEFAULT = 10;

/** Bytes of one HTTP request body. The largest legitimate body is a policy set (REST), a reason with twenty resources (MCP), a submitted modal (Slack). */
export const REST_BODY_MAX_BYTES = 256 * 1024;
export const MCP_BODY_MAX_BYTES = 256 * 1024;
export const SLACK_BODY_MAX_BYTES = 256 * 1024;

/** How long an idle HTTP connection stays open (ms). Load balancers usually keep theirs for 60 s. */
export const KEEP_ALIVE_DEFAULT = 75 * SECOND;

/** Characters of the report on auto-approval conditions. */
export const AUTO_REPORT_MAX = 2000;

/** Bytes of one secret value: enough for a certificate chain, too small for a database dump. */
export const SECRET_MAX_BYTES = 64 * 1024;

/** Characters of a generated value. Each holds six random bits: the minimum has 132 bits, the default 258. */
export const TOKEN_LENGTH_MIN = 22;
export const TOKEN_LENGTH_DEFAULT = 43;
export const TOKEN_LENGTH_MAX = 4096;

/** Milliseconds for which a link code is valid: long enough to switch windows. */
export const LINK_CODE_TTL = 10 * MINUTE;

/** Characters. */
export const IDEMPOTENCY_KEY_MAX = 128;
/** Milliseconds for which the answer to a change is stored, so that a retry gets the same answer. */
export const ANSWER_RETENTION = 7 * DAY;
/** Milliseconds for which a retry gets what an answer shows once, such as a new key. Afterwards it is deleted. */
export const SHOWN_AGAIN = 10 * MINUTE;
/** Milliseconds for which completed deliveries are stored, unless configured otherwise. */
export const DELIVERY_RETENTION = 30 * DAY;

/** Milliseconds. */
export const GRANT_DEFAULT = HOUR;
export const GRANT_MAX_DEFAULT = 8 * HOUR;
export const REQUEST_TTL_DEFAULT = HOUR;
export const DURATION_MIN = MINUTE;
/** The longest duration of a grant or a pending request that a policy can set. */
export const DURATION_CEILING = 7 * DAY;

/** Seconds that one wait may hold a connection. 45 s is below the 60 s timeout that many clients have. */
export const WAIT_DEFAULT_SECONDS = 45;
export const WAIT_MAX_SECONDS = 240;

/** Change streams that one key may keep open on one process, and approvals in one stream. An agent needs few of either. */
export const STREAMS_PER_KEY = 4;
export const FOLLOWED_MAX = 20;
/** Streams and subscriptions for clients of older protocols. Each session has its own stream, and one key may have several sessions. */
export const SESSION_STREAMS_PER_KEY = 16;
export const SUBSCRIPTIONS_PER_KEY = 200;
/** Milliseconds after which the server ends a stream. The client may open another. */
export const STREAM_MAX = HOUR;

/** Requests that one key may make, unless configured otherwise. They protect the approvers' attention. */
export const PENDING_MAX_DEFAULT = 5;
export const REQUESTS_PER_HOUR_DEFAULT = 30;
/** Milliseconds before the same key may repeat a request that a person denied. */
export const DENIED_COOLDOWN_DEFAULT = 15 * MINUTE;

/**
 * Resources of one principal's grants that no person gave and that are active or began within the last hour. Such grants take no person's
 * attention, but every request reads the active ones, and all of them stay stored.
 */
export const AUTOMATIC_RESOURCES_MAX = 2000;

/** HTTP requests that all keys of one principal may make in a minute, unless configured otherwise. */
export const RATE_LIMIT_DEFAULT = 600;

/** Approvers in one policy. */
export const APPROVERS_MAX = 50;
/** Requesters (keys and owners) in one policy. */
export const REQUESTERS_MAX = 100;
export const TIME_WINDOWS_MAX = 20;
export const MIN_APPROVALS_MAX = 10;
export const NAME_MAX = 128;
export const EMAIL_MAX = 254;

/** Policies in one policy set. */
export const POLICIES_MAX = 1000;

/** Rows on one page of a list. */
export const PAGE_DEFAULT = 50;
export const PAGE_MAX = 200;

/** Recipients of one e-mail. */
export const RECIPIENTS_MAX = 20;
/** Characters of a webhook URL. */
export const WEBHOOK_URL_MAX = 2000;

/** The deepest body of the REST API, a policy set, has six levels; the largest has a thousand policies. */
export const REST_BODY_MAX_LEVELS = 8;
export const REST_BODY_MAX_NAMES = 25_000;
export const REST_BODY_MAX_VALUES = 25_000;
/** Bytes of a request body without a key, which every network may send. */
export const KEYLESS_BODY_MAX_BYTES = 4096;
/** How deep a request body on /mcp may be nested, and how many names and values it may have. The protocol needs fewer than 10 levels and 100 of each. */
export const MCP_BODY_MAX_LEVELS = 32;
export const MCP_BODY_MAX_NAMES = 1000;
export const MCP_BODY_MAX_VALUES = 5000;
