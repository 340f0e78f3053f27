/** REST: notifications. */

import {
  notificationRoutes,
  type WireDelivery,
  type WireReceivers,
} from '../../contract/notification.js';
import { momentOf } from '../../domain/instant.js';
import type { NotificationDelivery, Receiver } from '../../domain/receiver.js';
import type { UseCases } from '../../usecases/index.js';
import type { Serve } from '../serve-route.js';
import { mapPage, mapResult } from '../wire/map-result.js';

export function serveNotifications(
  serve: Serve,
  {
    configureReceivers,
    reviewDeliveries,
  }: Pick<UseCases, 'configureReceivers' | 'reviewDeliveries'>,
  now: () => Date,
): void {
  serve(notificationRoutes.show, async ({ caller }) =>
    mapResult(await configureReceivers.show(caller), wireReceivers),
  );

  serve(notificationRoutes.configure, async ({ caller, body, idempotencyKey }) =>
    mapResult(
      await configureReceivers.change(caller, body, idempotencyKey),
      ({ receivers, webhookSecret }) => {
        const wire = wireReceivers(receivers);
        const { webhook } = wire;
        return webhook && webhookSecret
          ? { ...wire, webhook: { ...webhook, secret: webhookSecret } }
          : wire;
      },
    ),
  );

  serve(
    notificationRoutes.test,
    async ({ caller, body: { receiver }, disconnected, idempotencyKey }) =>
      mapResult(
        await reviewDeliveries.test(caller, receiver, disconnected, idempotencyKey),
        (sent) =>
          sent.outcome === 'sent'
            ? { receiver, outcome: 'sent' as const }
            : { receiver, outcome: 'failed' as const, error: sent.error },
      ),
  );

  serve(notificationRoutes.deliveries, async ({ caller, query }) =>
    mapPage(await reviewDeliveries.list(caller, query, query), wireDelivery),
  );

  serve(notificationRoutes.replay, async ({ caller, body, idempotencyKey }) => {
    const { ids = [], receiver, state = 'dead', since } = body;
    const which = receiver
      ? { receiver, state, since: since === undefined ? undefined : momentOf(since, now()) }
      : { ids };
    return reviewDeliveries.replay(caller, which, idempotencyKey);
  });
}

function wireReceivers(all: readonly Receiver[]): WireReceivers {
  const wire: WireReceivers = {};
  for (const { kind, enabled, events, includeReason, disabledBecause, ...one } of all) {
    const common = {
      enabled,
      includeReason,
      updatedAt: one.updatedAt.toISOString(),
      ...(events && { events: [...events] }),
      ...(disabledBecause && { disabledBecause }),
    };
    const { recipients = [], channel, origin = '' } = one;
    if (kind === 'email') wire.email = { ...common, recipients: [...recipients] };
    else if (kind === 'slack') wire.slack = { ...common, channel, origin };
    else wire.webhook = { ...common, origin };
  }
  return wire;
}

const wireDelivery = (one: NotificationDelivery): WireDelivery => ({
  ...one,
  createdAt: one.createdAt.toISOString(),
  settledAt: one.settledAt?.toISOString(),
  nextTry: one.nextTry?.toISOString(),
});
