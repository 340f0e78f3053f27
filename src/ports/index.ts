/** What the use cases need from the world, and the promise each part must keep. Adapters implement these; nobody imports an adapter. */

export type * from './alerts.js';
export type * from './app-home.js';
export type * from './approval-context.js';
export type * from './approvals-and-grants.js';
export type * from './audit-partitions.js';
export type * from './auto-approvals.js';
export type * from './cards.js';
export type * from './client-callbacks.js';
export type * from './crypto.js';
export type * from './direct-message-outbox.js';
export type * from './idempotency.js';
export type * from './logins.js';
export type * from './metrics.js';
export type * from './notification-outbox.js';
export type * from './page.js';
export type * from './people.js';
export type * from './policies.js';
export type * from './read-ledger.js';
export type * from './records.js';
export type * from './runtime.js';
export type * from './slack-outbox.js';
export type * from './store.js';
