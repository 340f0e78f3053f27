/** Every closed list of values in the product. The wire schemas and the database use the same values. */

/** Operations on a resource. `write` covers create, update and rotate; `list` is metadata only. */
export const OPERATIONS = ['list', 'read', 'write', 'delete'] as const;
export type Operation = (typeof OPERATIONS)[number];

/** The conditions of auto-approval, each with the form of its value: `names` are names of API keys. */
export const CONDITION_FORMS = {
  timeWindow: 'timeWindows',
  requester: 'names',
  operations: 'operations',
  maxDuration: 'duration',
} as const;
export type ConditionName = keyof typeof CONDITION_FORMS;
export type FormOf<Name extends ConditionName> = (typeof CONDITION_FORMS)[Name];
export type ConditionForm = FormOf<ConditionName>;

export const APPROVAL_STATUSES = ['pending', 'approved', 'denied', 'expired', 'cancelled'] as const;
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** Only the database's clock turns `active` into `expired`. */
export const GRANT_STATUSES = ['active', 'expired', 'revoked', 'released', 'used_up'] as const;
export type GrantStatus = (typeof GRANT_STATUSES)[number];

export const VERDICTS = ['approve', 'deny'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** How much a policy's resources matter. */
export const SENSITIVITIES = ['normal', 'high'] as const;
export type Sensitivity = (typeof SENSITIVITIES)[number];

/** Where a decision can come from. All entry points call the same `decide`. */
export const ENTRY_POINTS = ['slack', 'dashboard', 'cli', 'api'] as const;
export type EntryPoint = (typeof ENTRY_POINTS)[number];

export const KEY_CLASSES = ['agent', 'human', 'service'] as const;
export type KeyClass = (typeof KEY_CLASSES)[number];

export const ROLES = ['admin', 'auditor', 'member'] as const;
export type Role = (typeof ROLES)[number];

export const SCOPES = [
  'access:request',
  'secrets:list',
  'grants:use',
  'approvals:read',
  'approvals:decide',
  'resources:manage',
  'secrets:manage',
  'notifications:manage',
  'keys:manage',
  'audit:read',
  'metrics:read',
] as const;
export type Scope = (typeof SCOPES)[number];

export const EVENT_TYPES = [
  'installation_created',
  'approval_requested',
  'approval_repeated',
  'access_refused',
  'vote_cast',
  'decision_refused',
  'approval_decided',
  'approval_expired',
  'approval_cancelled',
  'approval_rebound',
  'approval_escalated',
  'access_granted',
  'access_revoked',
  'access_released',
  'secret_read',
  'read_refused',
  'records_read',
  'use_refused',
  'secret_written',
  'secret_deleted',
  'policy_changed',
  'key_created',
  'key_revoked',
  'key_suspended',
  'key_resumed',
  'suspension_refused',
  'person_changed',
  'slack_linked',
  'slack_link_refused',
  'link_code_created',
  'foreign_request',
  'login_confirmed',
  'receiver_changed',
  'receiver_disabled',
  'notifications_replayed',
  'alert_rule_changed',
  'alert_fired',
  'alert_resolved',
  'alert_silenced',
  'audit_detached',
] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** Events that hold a verdict: a vote, a decision, or an attempt to decide that was refused. */
export const VERDICT_EVENTS = [
  'vote_cast',
  'approval_decided',
  'decision_refused',
] as const satisfies readonly EventType[];

/** Events that are uses of a resource. A request is none. */
export const USES = [
  'secret_read',
  'secret_written',
  'secret_deleted',
  'records_read',
] as const satisfies readonly EventType[];

/** The id of a Slack user or of a Slack user group, as a policy may name an approver. */
export const SLACK_USER_ID = /^[UW][A-Z0-9]{1,30}$/;
export const SLACK_GROUP_ID = /^S[A-Z0-9]{1,30}$/;

/** Refusal codes. They are stable, so programs may match on them. */
export const REFUSAL_CODES = [
  'invalid_resource',
  'mixed_policies',
  'no_policy',
  'not_permitted',
  'not_a_requester',
  'approvers_missing',
  'reason_missing',
  'reason_too_short',
  'invalid_duration',
  'duration_too_long',
  'too_many_pending',
  'too_many_requests',
  'denied_recently',
  'cannot_widen',
  'nothing_in_common',
  'approval_required',
  'grant_ended',
  'needs_value',
  'version_conflict',
  'idempotency_mismatch',
  'shown_once',
  'not_found',
  'already_exists',
  'already_decided',
  'already_voted',
  'expired',
  'policy_changed',
  'own_request',
  'not_an_approver',
  'wrong_door',
  'person_inactive',
  'foreign_team',
  'unknown_person',
  'unverified_account',
  'not_allowed',
  'invalid_key',
  'key_suspended',
  'invalid_code',
  'too_many_codes',
  'already_linked',
  'invalid_input',
  'unavailable',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Notification receivers in addition to the Slack app: at most one of each kind in an installation. */
export const RECEIVERS = ['email', 'slack', 'webhook'] as const;
export type ReceiverKind = (typeof RECEIVERS)[number];

/** Types of notification. */
export const NOTIFICATION_TYPES = [
  'approval_requested',
  'approval_decided',
  'approval_expired',
  'access_granted',
  'access_revoked',
  'secret_read',
  'secret_written',
  'policy_changed',
  'alert',
] as const;
export type NotificationType = (typeof NOTIFICATION_TYPES)[number];

/** Metrics that can be measured over a period. */
export const METRICS = [
  'access_count',
  'request_count',
  'denied_count',
  'auto_approved_count',
  'time_to_decision',
] as const;
export type Metric = (typeof METRICS)[number];

/** Groupings of a metric. */
export const GROUPINGS = ['resource', 'key', 'operation', 'outcome'] as const;
export type Grouping = (typeof GROUPINGS)[number];

/** Groupings of a count of audit events. */
export const AUDIT_GROUPINGS = ['resource', 'actor', 'action', 'hour', 'outcome'] as const;
export type AuditGrouping = (typeof AUDIT_GROUPINGS)[number];
