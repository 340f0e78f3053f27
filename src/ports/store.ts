/** The whole store: reads are possible outside a transaction, writes only inside one. */

import type { ApprovalId } from '../domain/approval.js';
import type { AuditEvent } from '../domain/audit-event.js';
import type { PolicyId } from '../domain/policy/policy.js';
import type { AlertReads, Alerts } from './alerts.js';
import type { AppHomeReads, AppHomes } from './app-home.js';
import type { ApprovalReads, Approvals, GrantReads, Grants } from './approvals-and-grants.js';
import type { AuditReads } from './audit.js';
import type { AuditPartitions } from './audit-partitions.js';
import type {
  DirectMessageOutbox,
  NewDirectMessage,
  ThreadReply,
} from './direct-message-outbox.js';
import type { ElicitationReads, Elicitations } from './elicitations.js';
import type { IdempotencyStore } from './idempotency.js';
import type { InstallationReads, Installations } from './installation.js';
import type { LoginReads, Logins } from './logins.js';
import type { MetricsReads } from './metrics.js';
import type { ReceiverReads, Receivers } from './notification-outbox.js';
import type { LinkCodes, People, PersonReads, PrincipalReads, Principals } from './people.js';
import type { Policies, PolicyReads, SlackGroups } from './policies.js';
import type { SecretReads, Secrets } from './secrets.js';
import type { SubscriptionReads, Subscriptions } from './subscriptions.js';
import type { WakeupId } from './wakeups.js';

/** Reads outside a transaction. Each returns the committed state at the time of the call. */
export interface Reads {
  /** The database's current time (`clock_timestamp()`), not the start of the transaction. */
  now(): Promise<Date>;
  readonly approvals: ApprovalReads;
  readonly grants: GrantReads;
  readonly policies: PolicyReads;
  readonly principals: PrincipalReads;
  readonly people: PersonReads;
  readonly secrets: SecretReads;
  readonly groups: SlackGroups;
  readonly directMessageOutbox: Pick<DirectMessageOutbox, 'unsent'>;
  readonly logins: LoginReads;
  readonly elicitations: ElicitationReads;
  readonly subscriptions: SubscriptionReads;
  readonly receivers: ReceiverReads;
  readonly audit: AuditReads;
  readonly metrics: MetricsReads;
  readonly alerts: AlertReads;
  readonly appHomes: AppHomeReads;
  readonly installation: InstallationReads;
}

/** One open transaction. Rows can be locked, and all writes are committed together or not at all. */
export interface Tx extends Reads {
  readonly approvals: Approvals;
  readonly grants: Grants;
  readonly policies: Policies;
  readonly principals: Principals;
  readonly people: People;
  readonly secrets: Secrets;
  readonly logins: Logins;
  readonly elicitations: Elicitations;
  readonly subscriptions: Subscriptions;
  readonly receivers: Receivers;
  readonly installation: Installations;
  readonly alerts: Alerts;
  readonly appHomes: AppHomes;
  readonly idempotency: IdempotencyStore;
  readonly auditPartitions: AuditPartitions;
  readonly linkCodes: LinkCodes;
  readonly directMessageOutbox: DirectMessageOutbox;
  /**
   * Appends to the audit chain. The store writes events as the last statements before COMMIT, so that the chain's head is the last
   * row that any transaction locks.
   */
  record(event: AuditEvent): void;
  /** Marks the approval's card as out of date. The poster draws the latest state after the commit. */
  enqueueCardUpdate(id: ApprovalId): Promise<void>;
  /** Queues a direct message. The store writes it after everything except events. A person without a Slack account gets none. */
  enqueueDirectMessage(message: NewDirectMessage): Promise<void>;
  /** A reply in the thread of the approval's card. */
  enqueueThreadReply(kind: ThreadReply, id: ApprovalId): Promise<void>;
  /** Queues an announcement of auto-approved requests, without a mention. Undefined: the default channel. */
  enqueueAutoApprovalLine(channel: string | undefined): Promise<void>;
  /** The announcement of a policy change. */
  enqueuePolicyAnnouncement(id: PolicyId, version: number): Promise<void>;
  /** Wakes all waiters of this id in every process when the transaction commits. */
  wake(id: WakeupId): Promise<void>;
}

/** Transactions that are committed in groups when several arrive at the same time. */
export interface Together {
  readonly kind: 'request' | 'decision';
  /** The principal or the approval that it is about: of several with the same, each sees what the one before has written. */
  readonly of: string;
}

export interface Store extends Reads {
  /**
   * Commits when `work` resolves; rolls everything back, audit events included, when it throws. With `together` it may share the commit with
   * others of its kind; `work` may then run again from its start, and only its last run counts.
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, together?: Together): Promise<T>;
}
