/** What a receiver is told of one event: ids, names and outcomes; never a value, and somebody's words only where they were asked for. */

import type { Actor } from './audit-event.js';
import type { Json } from './canonical-json.js';
import type { EventType, NotificationType, Operation } from './vocabulary.js';

/** The version of this shape, and of what webhooks carry. */
export const NOTIFICATION_SCHEMA = 1;

export interface Notification {
  /** `evt_…`; the same at every try, at every receiver, and after a replay. */
  readonly id: string;
  readonly type: NotificationType;
  /** When it happened by the database's clock, RFC 3339 in UTC. */
  readonly timestamp: string;
  /** Its number on the audit trail: notifications of one approval come in its order. */
  readonly sequence: number;
  /** What is on the audit trail, where several events are told as one type. */
  readonly event: EventType;
  readonly actor: Pick<Actor, 'kind' | 'name'>;
  readonly approval?: string | undefined;
  readonly grant?: string | undefined;
  /** The name of the key whose access this is about. */
  readonly key?: string | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly operation?: Operation | undefined;
  /** `approved`, `denied`, `cancelled`, `expired`, `revoked`, `firing`, `resolved`, `silenced` … */
  readonly outcome?: string | undefined;
  /** Somebody's words, plain text; only for a receiver that wants them. */
  readonly reason?: string | undefined;
  /** Of an alert or a policy: ids, numbers and settings. */
  readonly details?: { readonly [key: string]: Json | undefined } | undefined;
  /** Where a person can look at it; opening it decides nothing. */
  readonly link?: string | undefined;
}

/** Which notification an event of the audit trail becomes; undefined: none. */
export const NOTIFIED_AS: Partial<Record<EventType, NotificationType>> = {
  approval_requested: 'approval_requested',
  approval_decided: 'approval_decided',
  approval_cancelled: 'approval_decided',
  approval_expired: 'approval_expired',
  access_granted: 'access_granted',
  access_revoked: 'access_revoked',
  secret_read: 'secret_read',
  secret_written: 'secret_written',
  secret_deleted: 'secret_written',
  policy_changed: 'policy_changed',
  alert_fired: 'alert',
  alert_resolved: 'alert',
  alert_silenced: 'alert',
  receiver_disabled: 'alert',
};
