/** A receiver of notifications as people see it: never an address that is a secret, never what signs. */

import { DAY } from './limits.js';
import type { NotificationType, ReceiverKind } from './vocabulary.js';

/** As it is stored, beside what is sealed. */
export interface ReceiverRow {
  readonly kind: ReceiverKind;
  readonly enabled: boolean;
  /** What it is told; undefined: everything but reads. */
  readonly events?: readonly (NotificationType | '*')[] | undefined;
  /** Are people's reasons passed on? */
  readonly includeReason: boolean;
  readonly publicSettings: {
    /** Of `email`. */
    readonly recipients?: readonly string[] | undefined;
    /** Of `slack`: as it was written, for people. */
    readonly channel?: string | undefined;
    /** Of `slack` and `webhook`: scheme and host alone. */
    readonly origin?: string | undefined;
  };
  readonly version: number;
  readonly updatedAt: Date;
  /** It was switched off because telling it failed for too long, or it said that it is gone. */
  readonly disabledBecause?: string | undefined;
}

/** What people see of it. */
export type Receiver = Omit<ReceiverRow, 'publicSettings'> & ReceiverRow['publicSettings'];

export const publicReceiver = ({ publicSettings, ...row }: ReceiverRow): Receiver => ({
  ...row,
  ...publicSettings,
});

/** A change of one receiver: what is not named stays as it is. */
export interface ReceiverChange {
  readonly enabled?: boolean | undefined;
  readonly events?: readonly (NotificationType | '*')[] | undefined;
  readonly includeReason?: boolean | undefined;
  readonly recipients?: readonly string[] | undefined;
  readonly webhookUrl?: string | undefined;
  readonly channel?: string | undefined;
  readonly url?: string | undefined;
  /** Of `webhook`: makes another signing secret; the one before signs too, for a day. */
  readonly rotateSecret?: boolean | undefined;
}

/** `waiting`: not told yet, tried or not. `dead`: given up, and can be replayed. */
export const DELIVERY_STATES = ['waiting', 'sent', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** How it stands with telling one receiver of one event. */
export interface NotificationDelivery {
  /** `dlvr_…` */
  readonly id: string;
  readonly receiver: ReceiverKind;
  /** The notification's own id, which the receiver sees. */
  readonly notification: string;
  readonly type: NotificationType;
  readonly sequence: number;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly lastError?: string | undefined;
  readonly createdAt: Date;
  readonly settledAt?: Date | undefined;
  /** When it is tried next. */
  readonly nextTry?: Date | undefined;
}

export interface DeliveryFilter {
  readonly receiver?: ReceiverKind | undefined;
  readonly state?: DeliveryState | undefined;
  readonly type?: NotificationType | undefined;
}

/** What to tell once more: these, or all of one receiver that ended like this. */
export type ReplaySelection =
  | { readonly ids: readonly string[] }
  | {
      readonly receiver: ReceiverKind;
      readonly state: Exclude<DeliveryState, 'waiting'>;
      readonly since?: Date | undefined;
    };

/** Milliseconds without anything that reached it, after which a receiver is switched off. */
export const FAILING_MAX = 5 * DAY;

/** Milliseconds for which the signing secret before goes on signing. */
export const OLD_SECRET_VALID_FOR = DAY;
