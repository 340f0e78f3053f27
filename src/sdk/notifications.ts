/** `client.mcp`: who is told outside of the Slack app, and what became of it. */

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
/** These, or all of one receiver that were given up (`dead`, the default) or `sent`, since a time such as `24h` (ago). */
export type Replay =
  | { readonly ids: string[] }
  | (Pick<Replayed, 'state' | 'since'> & {
      readonly receiver: NonNullable<Replayed['receiver']>;
    });
export type DeliveryQuery = Omit<
  z.input<typeof notificationRoutes.deliveries.query>,
  'limit' | 'after'
> & {
  /** At most so many. Default: all of them. */
  readonly limit?: number;
};

export function createNotifications(call: Call) {
  return {
    /**
     * Merges: what is not named stays as it is, and `enabled: false` switches one off. Setting up a webhook, and `rotateSecret`, answer
     * with `webhook.secret`, which nobody can ever see again. When that answer was lost, the call rejects with `shown_once`: rotate it.
     */
    configureNotifications: (
      settings: NotificationSettings,
      options?: ChangeOptions,
    ): Promise<WireReceivers> => call(notificationRoutes.configure, { body: settings, ...options }),
    /** How they are set. Addresses are shown by their origin alone. */
    notifications: ({ signal }: CallOptions = {}): Promise<WireReceivers> =>
      call(notificationRoutes.show, { signal }),
    /** Sends a test at once. Resolves with what came of it. */
    testNotification: (
      receiver: z.input<typeof notificationRoutes.test.body>['receiver'],
      options?: ChangeOptions,
    ) => call(notificationRoutes.test, { body: { receiver }, ...options }),
    /** Newest first. */
    notificationDeliveries: (
      { limit, ...filter }: DeliveryQuery = {},
      { signal }: CallOptions = {},
    ): Promise<WireDelivery[]> =>
      collect(
        (cursor) =>
          call(notificationRoutes.deliveries, { query: { ...filter, ...cursor }, signal }),
        limit,
      ),
    /** Tells them once more, under the same ids. */
    replayNotifications: (which: Replay, options?: ChangeOptions) =>
      call(notificationRoutes.replay, { body: which, ...options }),
  };
}
