/** `import { VSecureClient } from 'vsecure'`. */

export type {
  WireAccess as Access,
  WireApproval as Approval,
  WireApprovalDetail as ApprovalDetail,
} from '../contract/approval.js';
export type { WireAuditEvent as AuditEvent } from '../contract/audit.js';
export type { WireGrant as Grant } from '../contract/grant.js';
export type {
  WireKey as Key,
  WireNewKey as NewKey,
  WireWhoami as Whoami,
} from '../contract/key.js';
export type { WirePerson as Person } from '../contract/person.js';
export type {
  PolicyDocument,
  WireConfigured as Configured,
  WirePolicy as Policy,
} from '../contract/policy.js';
export type {
  WireListedSecret as ListedSecret,
  WireSecret as SecretMetadata,
} from '../contract/secret.js';
export { type ClientOptions, VSecureClient } from './client.js';
export { type ErrorCode, VSecureError } from './errors.js';
