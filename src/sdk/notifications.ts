/** `client.mcp`: notification receivers and deliveries. */

import type { z } from 'zod';
import {
  notificationRoutes,
  type WireDelivery,
  type WireReceivers,
} from '../contract/notification.js';
import type { Call, CallOptions, ChangeOptions } from './call.js';
import { collect } from './pages.js';

export type NotificationSettings = z.input<typeof notificationRoutes.configure.body>;
type Replayed = z.input<typeof notificationRoutes.replay.body>;
/** Selects deliveries by id, or all of one receiver that are `dead` (default) or `sent`, since a time such as `24h` (ago). */
export type Replay =
  | { readonly ids: string[] }
  | (Pick<Replayed, 'state' | 'since'> & {
      readonly receiver: NonNullable<Replayed['receiver']>;
    });
export type DeliveryQuery = Omit<
  z.input<typeof notificationRoutes.deliveries.query>,
  'limit' | 'after'
> & {
  /** Maximum number of results. Default: all. */
  readonly limit?: number;
};

export function createNotifications(call: Call) {
  return {
    /**
     * Configures receivers. Absent settings stay unchanged, and `enabled: false` disables a receiver. When you create a webhook or use
     * `rotateSecret`, the answer contains `webhook.secret`, which is never shown again. If that answer was lost, a retry within 10
     * minutes gets it. A later one rejects with `shown_once`: rotate the secret.
     */
    configureNotifications: (
      settings: NotificationSettings,
      options?: ChangeOptions,
    ): Promise<WireReceivers> => call(notificationRoutes.configure, { body: settings, ...options }),
    /** Gets the configured receivers. Of each URL, only the origin is shown. */
    notifications: ({ signal }: CallOptions = {}): Promise<WireReceivers> =>
      call(notificationRoutes.show, { signal }),
    /** Sends a test notification immediately. Resolves with the outcome. */
    testNotification: (
      receiver: z.input<typeof notificationRoutes.test.body>['receiver'],
      options?: ChangeOptions,
    ) => call(notificationRoutes.test, { body: { receiver }, ...options }),
    /** Lists deliveries, newest first. */
    notificationDeliveries: (
      { limit, ...filter }: DeliveryQuery = {},
      { signal }: CallOptions = {},
    ): Promise<WireDelivery[]> =>
      collect(
        (cursor) =>
          call(notificationRoutes.deliveries, { query: { ...filter, ...cursor }, signal }),
        limit,
      ),
    /** Sends notifications again, with the same ids. */
    replayNotifications: (which: Replay, options?: ChangeOptions) =>
      call(notificationRoutes.replay, { body: which, ...options }),
  };
}
