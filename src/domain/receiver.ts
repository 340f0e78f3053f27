/** A receiver of notifications, without its secret parts: webhook addresses and signing secrets. */

import { DAY } from './limits.js';
import type { NotificationType, ReceiverKind } from './vocabulary.js';

/** The stored receiver, without its sealed settings. */
export interface ReceiverRow {
  readonly kind: ReceiverKind;
  readonly enabled: boolean;
  /** Types that it receives. Undefined: all except reads. */
  readonly events?: readonly (NotificationType | '*')[] | undefined;
  /** Whether notifications include the free-text reasons of people. */
  readonly includeReason: boolean;
  readonly publicSettings: {
    /** For `email`. */
    readonly recipients?: readonly string[] | undefined;
    /** For `slack`: the channel name that the operator entered, for display. */
    readonly channel?: string | undefined;
    /** For `slack` and `webhook`: only scheme and host. */
    readonly origin?: string | undefined;
  };
  readonly version: number;
  readonly updatedAt: Date;
  /** Why vsecure disabled it: sending failed for too long, or the receiver answered that it is gone. */
  readonly disabledBecause?: string | undefined;
}

/** The receiver as the API shows it. */
export type Receiver = Omit<ReceiverRow, 'publicSettings'> & ReceiverRow['publicSettings'];

export const publicReceiver = ({ publicSettings, ...row }: ReceiverRow): Receiver => ({
  ...row,
  ...publicSettings,
});

/** A change of one receiver. An absent field keeps its value. */
export interface ReceiverChange {
  readonly enabled?: boolean | undefined;
  readonly events?: readonly (NotificationType | '*')[] | undefined;
  readonly includeReason?: boolean | undefined;
  readonly recipients?: readonly string[] | undefined;
  readonly webhookUrl?: string | undefined;
  readonly channel?: string | undefined;
  readonly url?: string | undefined;
  /** For `webhook`: creates a new signing secret. The previous one also signs for one more day. */
  readonly rotateSecret?: boolean | undefined;
}

/** `waiting`: not sent yet, attempted or not. `dead`: given up; it can be replayed. */
export const DELIVERY_STATES = ['waiting', 'sent', 'dead'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

/** The delivery of one notification to one receiver. */
export interface NotificationDelivery {
  /** `dlvr_…` */
  readonly id: string;
  readonly receiver: ReceiverKind;
  /** The notification's id, which the receiver sees. */
  readonly notification: string;
  readonly type: NotificationType;
  readonly sequence: number;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly lastError?: string | undefined;
  readonly createdAt: Date;
  readonly settledAt?: Date | undefined;
  /** Time of the next attempt. */
  readonly nextTry?: Date | undefined;
}

export interface DeliveryFilter {
  readonly receiver?: ReceiverKind | undefined;
  readonly state?: DeliveryState | undefined;
  readonly type?: NotificationType | undefined;
}

/** The deliveries to send again: these ids, or all of one receiver in this state. */
export type ReplaySelection =
  | { readonly ids: readonly string[] }
  | {
      readonly receiver: ReceiverKind;
      readonly state: Exclude<DeliveryState, 'waiting'>;
      readonly since?: Date | undefined;
    };

/** Milliseconds without a successful delivery after which vsecure disables a receiver. */
export const FAILING_MAX = 5 * DAY;

/** Milliseconds for which the previous signing secret continues to sign. */
export const OLD_SECRET_VALID_FOR = DAY;
