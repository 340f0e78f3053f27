/** A signing secret that was replaced signs for a day more by the database's clock, and then no more. */

import { afterAll, expect, test } from 'vitest';
import { OLD_SECRET_VALID_FOR } from '../../../src/domain/receiver.js';
import type { Senders, WebhookSettings } from '../../../src/ports/index.js';
import { NOTIFICATION } from '../../support/notification.js';
import { buildServices, unwrap } from '../../support/services.js';

let ahead = 0;
let signing: readonly string[] = [];
const webhook = ({ secrets }: WebhookSettings) => {
  signing = secrets;
  return async () => ({ outcome: 'sent' }) as const;
};
const senders: Senders = { email: undefined, slack: undefined, webhook };
const services = await buildServices({
  senders,
  change: (parts) => ({
    ...parts,
    store: {
      ...parts.store,
      now: async () => new Date((await parts.store.now()).getTime() + ahead),
    },
    stopwatch: () => ahead,
  }),
});
afterAll(() => services.close());

/** What signs at that many milliseconds from now. */
async function signingIn(ms: number, version: number): Promise<readonly string[]> {
  ahead = ms;
  await services.useCases.notifyReceiver(
    'webhook',
    version,
    NOTIFICATION,
    new AbortController().signal,
  );
  return signing;
}

test('after a rotation both signing secrets sign for a day, the newest first, and then only the new one', async () => {
  const { change } = services.useCases.configureReceivers;
  const url = 'https://receiver.example.com/hook';
  const first = unwrap(await change(services.admin, { webhook: { url } })).webhookSecret;
  expect(await signingIn(0, 1)).toEqual([first]);
  const rotated = unwrap(await change(services.admin, { webhook: { rotateSecret: true } }));
  expect(await signingIn(OLD_SECRET_VALID_FOR - 60_000, 2)).toEqual([rotated.webhookSecret, first]);
  expect(await signingIn(OLD_SECRET_VALID_FOR + 60_000, 2)).toEqual([rotated.webhookSecret]);
});
