/** `import { VSecureClient } from 'vsecure'`. */

export type { WireAlert as Alert, WireAlertRule as AlertRule } from '../contract/alert.js';
export type {
  WireAccess as Access,
  WireApproval as Approval,
  WireApprovalDetail as ApprovalDetail,
} from '../contract/approval.js';
export type {
  WireAuditEvent as AuditEvent,
  WireGroupCount as GroupCount,
  WireResourceCount as ResourceCount,
} from '../contract/audit.js';
export type { WireExplanation as Explanation } from '../contract/explain.js';
export type { WireGrant as Grant } from '../contract/grant.js';
export type {
  WireKey as Key,
  WireNewKey as NewKey,
  WireWhoami as Whoami,
} from '../contract/key.js';
export type {
  WireMeasurement as Measurement,
  WireMetricsSummary as MetricsSummary,
} from '../contract/metric.js';
export type {
  WireDelivery as NotificationDelivery,
  WireReceivers as Receivers,
} from '../contract/notification.js';
export type { WirePerson as Person } from '../contract/person.js';
export type { WireConfigured as Configured, WirePolicy as Policy } from '../contract/policy.js';
export type { PolicyDocument } from '../contract/policy-document.js';
export type {
  WireAppliedPolicy as AppliedPolicy,
  WireReplayedRequest as ReplayedRequest,
  WireSimulation as Simulation,
} from '../contract/policy-set.js';
export type {
  WireListedSecret as ListedSecret,
  WireOpenedSecret as OpenedSecret,
  WireSecret as SecretMetadata,
  WireSecretChange as SecretChange,
  WireWrittenSecret as WrittenSecret,
} from '../contract/secret.js';
export type { AlertSettings } from './alerts.js';
export type { AuditQuery } from './audit-logs.js';
export type { CallOptions, ChangeOptions } from './call.js';
export { type ClientOptions, VSecureClient } from './client.js';
export { type ErrorCode, VSecureError } from './errors.js';
export type { ExportedEvent } from './export-audit.js';
export type { FollowQuery } from './follow-audit.js';
export type { NewKeyWish } from './keys-and-people.js';
export type { ApprovalQuery, ApprovalRequest, Decision, GrantQuery } from './mcp.js';
export type { MetricsQuery } from './metrics.js';
export type { DeliveryQuery, NotificationSettings, Replay } from './notifications.js';
export type { RetryOptions } from './retry.js';
export type { NewSecret, SecretUpdate } from './secrets.js';
export type { Checkpoint, Verified } from './verify-audit.js';
export type { Waiting } from './wait-for-decision.js';
