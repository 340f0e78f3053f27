/** A webhook's body: small, signed as in Standard Webhooks, and the same at every attempt. */

import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeSigningSecret } from '../../src/crypto/signing-secret.js';
import type { Notification } from '../../src/domain/notification.js';
import { createEgress } from '../../src/notify/egress.js';
import { createWebhookSender, webhookBody } from '../../src/notify/webhook.js';
import { type Receiver, startReceiver } from '../support/receiver.js';

const [SECRET, OLD] = [makeSigningSecret(), makeSigningSecret()];
const NOTIFICATION: Notification = {
  id: `evt_${'0a'.repeat(16)}`,
  type: 'approval_decided',
  timestamp: '2026-11-29T09:00:00.000000Z',
  sequence: 17,
  event: 'approval_decided',
  actor: { kind: 'person', name: 'alice@example.com' },
  approval: 'appr_0123456789012345678901',
  key: 'claude-desktop',
  resources: ['vsecure://secrets/production/DATABASE_URL'],
  operation: 'read',
  outcome: 'approved',
};

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

async function receivedWith(...secrets: string[]) {
  const send = createWebhookSender(createEgress({ allowed: [receiver.url], timeoutMs: 500 }))({
    url: receiver.url,
    secrets,
  });
  const result = await send(NOTIFICATION, new AbortController().signal);
  const [one] = receiver.taken.slice(-1);
  const headers = Object.fromEntries(
    Object.entries(one?.headers ?? {}).map(([name, value]) => [name, String(value)]),
  );
  return { result, body: one?.body ?? '', headers };
}

describe('a signature', () => {
  test('verifies with the library of Standard Webhooks', async () => {
    const { body, headers } = await receivedWith(SECRET);
    expect(new Webhook(SECRET).verify(body, headers)).toMatchObject({ type: 'approval_decided' });
    expect(headers['webhook-id']).toBe(NOTIFICATION.id);
  });

  test('verifies with either secret during a rotation', async () => {
    const { body, headers } = await receivedWith(SECRET, OLD);
    for (const secret of [SECRET, OLD])
      expect(new Webhook(secret).verify(body, headers)).toBeDefined();
    expect(() => new Webhook(makeSigningSecret()).verify(body, headers)).toThrow();
  });

  test.each([
    ['an old one', -6 * 60],
    ['one from the future', 6 * 60],
  ])('of %s is refused', async (_, seconds) => {
    const { body, headers } = await receivedWith(SECRET);
    const at = new Date(Date.now() + seconds * 1000);
    const moved = {
      ...headers,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(SECRET).sign(NOTIFICATION.id, at, body),
    };
    expect(() => new Webhook(SECRET).verify(body, moved)).toThrow(/timestamp/i);
  });

  test('of a changed body is refused', async () => {
    const { body, headers } = await receivedWith(SECRET);
    const tampered = body.replace('approved', 'denied');
    expect(() => new Webhook(SECRET).verify(tampered, headers)).toThrow(/signature/i);
    const other = { ...headers, 'webhook-id': 'evt_other' };
    expect(() => new Webhook(SECRET).verify(body, other)).toThrow(/signature/i);
  });
});

test('the body is small, versioned, and the same at every attempt', async () => {
  const { body } = await receivedWith(SECRET);
  expect(body).toBe(webhookBody(NOTIFICATION));
  expect(JSON.parse(body)).toEqual({
    type: 'approval_decided',
    timestamp: NOTIFICATION.timestamp,
    data: {
      schema: 1,
      sequence: 17,
      event: 'approval_decided',
      actor: { kind: 'person', name: 'alice@example.com' },
      approval: NOTIFICATION.approval,
      key: 'claude-desktop',
      resources: NOTIFICATION.resources,
      operation: 'read',
      outcome: 'approved',
    },
  });
  const widest = Array.from({ length: 20 }, () => `vsecure://secrets/${'a'.repeat(490)}`);
  const long = webhookBody({ ...NOTIFICATION, resources: widest, reason: 'é'.repeat(2000) });
  expect(Buffer.byteLength(long)).toBeLessThan(20_000);
});

test.each([
  [204, { outcome: 'sent' }],
  [410, { outcome: 'gone', error: 'http_410' }],
  [400, { outcome: 'retry', error: 'http_400' }],
  [302, { outcome: 'retry', error: 'http_302' }],
  [500, { outcome: 'retry', error: 'http_500' }],
  [503, { outcome: 'unavailable', error: 'http_503' }],
  ['drop', { outcome: 'unavailable', error: 'econnreset' }],
  ['hang', { outcome: 'unavailable', error: 'timeout' }],
] as const)('an answer of %s means %j', async (manner, result) => {
  receiver.behave(() => manner);
  expect((await receivedWith(SECRET)).result).toMatchObject(result);
});
