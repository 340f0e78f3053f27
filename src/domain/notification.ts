/** What one notification contains: ids, names and outcomes, never a secret value. It contains a person's free text only if the receiver is configured to include it. */

import type { Actor } from './audit-event.js';
import type { Json } from './canonical-json.js';
import type { EventType, NotificationType, Operation } from './vocabulary.js';

/** Schema version of this shape and of webhook payloads. */
export const NOTIFICATION_SCHEMA = 1;

export interface Notification {
  /** `evt_…`: the same for every attempt, every receiver, and after a replay. */
  readonly id: string;
  readonly type: NotificationType;
  /** Time of the event by the database's clock, RFC 3339 in UTC. */
  readonly timestamp: string;
  /** The event's number on the audit trail. Notifications about one approval are sent in this order. */
  readonly sequence: number;
  /** The audit event type. Several event types can share one notification type. */
  readonly event: EventType;
  readonly actor: Pick<Actor, 'kind' | 'name'>;
  readonly approval?: string | undefined;
  readonly grant?: string | undefined;
  /** Name of the key whose access the event concerns. */
  readonly key?: string | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly operation?: Operation | undefined;
  /** `approved`, `denied`, `cancelled`, `expired`, `revoked`, `firing`, `resolved`, `silenced` … */
  readonly outcome?: string | undefined;
  /** Free text of a person, plain text. Present only if the receiver includes reasons. */
  readonly reason?: string | undefined;
  /** For an alert or a policy: ids, numbers and settings. */
  readonly details?: { readonly [key: string]: Json | undefined } | undefined;
  /** A link to the details. Opening it decides nothing. */
  readonly link?: string | undefined;
}

/** The notification type of each audit event type. Undefined: the event is not sent. */
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
