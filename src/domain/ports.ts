/** What the use cases need from the world, and the promise each part must keep. Adapters implement these; nobody imports an adapter. */

export type * from './ports-access.js';
export type * from './ports-alert.js';
export type * from './ports-audit-parts.js';
export type * from './ports-callbacks.js';
export type * from './ports-cards.js';
export type * from './ports-context.js';
export type * from './ports-crypto.js';
export type * from './ports-delivery.js';
export type * from './ports-home.js';
export type * from './ports-login.js';
export type * from './ports-metrics.js';
export type * from './ports-notice.js';
export type * from './ports-notify.js';
export type * from './ports-page.js';
export type * from './ports-people.js';
export type * from './ports-policy.js';
export type * from './ports-quiet.js';
export type * from './ports-reading.js';
export type * from './ports-records.js';
export type * from './ports-repeats.js';
export type * from './ports-store.js';
export type * from './ports-world.js';
