/** Notifications over REST: a receiver's full URL is never returned, a signing secret is shown once, and a test is sent once. */

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { notificationRoutes } from '../../src/contract/notification.js';
import { problem } from '../../src/contract/problem.js';
import { createEgress } from '../../src/notify/egress.js';
import { createCheckTarget } from '../../src/notify/senders.js';
import type { Senders, SendResult } from '../../src/ports/index.js';
import { sqlOn } from '../../src/store/sql.js';
import { buildServices } from '../support/services.js';
import { type Serving, startServing } from './serving.js';

const CANARY = 'canary-Zx81';
const SLACK_URL = `https://hooks.slack.com/services/T1/B1/${CANARY}`;
const WEBHOOK_URL = `https://receiver.example.com/${CANARY}?token=${CANARY}`;

let serving: Serving;
let sentTo: string[];
let answer: SendResult = { outcome: 'sent' };

beforeAll(async () => {
  sentTo = [];
  const recordSend = (kind: string) => () => async () => {
    sentTo.push(kind);
    return answer;
  };
  const senders: Senders = {
    email: recordSend('email'),
    slack: recordSend('slack'),
    webhook: recordSend('webhook'),
  };
  const checkTarget = createCheckTarget(createEgress({ allowed: [] }), []);
  serving = await startServing(
    await buildServices({ senders, change: (parts) => ({ ...parts, checkTarget }) }),
  );
});
afterAll(() => serving.close());

const api = (method: string, path: string, body?: unknown, key = randomUUID()) =>
  serving.api(method, `/notifications${path}`, {
    token: serving.services.adminToken,
    body,
    ...(method !== 'GET' && { headers: { 'idempotency-key': key } }),
  });
const patched = async (body: unknown) => {
  const said = await api('PATCH', '', body);
  expect(said.status, said.text).toBe(200);
  return notificationRoutes.configure.answer.parse(said.json);
};

describe('configuring', () => {
  test('configuring receivers changes only the named fields, and switching one off keeps its settings', async () => {
    await patched({ email: { recipients: ['oncall@example.com'], events: ['alert'] } });
    const after = await patched({ email: { includeReason: true } });
    expect(after.email).toMatchObject({
      enabled: true,
      recipients: ['oncall@example.com'],
      events: ['alert'],
      includeReason: true,
    });
    expect((await patched({ email: { enabled: false } })).email).toMatchObject({
      enabled: false,
      recipients: ['oncall@example.com'],
    });
  });

  test('the answer has only the origin of a receiver’s URL, and no row, log line or event contains the rest', async () => {
    const said = await api('PATCH', '', {
      slack: { webhookUrl: SLACK_URL, channel: '#security-approvals' },
      webhook: { url: WEBHOOK_URL },
    });
    expect(said.json).toMatchObject({
      slack: { origin: 'https://hooks.slack.com', channel: '#security-approvals' },
      webhook: { origin: 'https://receiver.example.com' },
    });
    const sql = sqlOn(serving.services.database.dataSource);
    const rows = [
      ...(await sql('select * from receiver')),
      ...(await sql('select canonical from audit_event')),
      ...(await sql('select answer from kept_answer')),
    ];
    const secret = notificationRoutes.configure.answer.parse(said.json).webhook?.secret ?? '';
    const seen = JSON.stringify([rows, serving.logged, (await api('GET', '')).json]);
    expect(secret).toMatch(/^whsec_/);
    for (const needle of [CANARY, Buffer.from(CANARY).toString('hex'), secret.slice(6)])
      expect(seen).not.toContain(needle);
    expect(seen).toContain('security-approvals');
  });

  test('a signing secret whose answer was lost is shown again within minutes, and then no more', async () => {
    const key = randomUUID();
    const body = { webhook: { rotateSecret: true } };
    const first = await api('PATCH', '', body, key);
    expect(first.text).toContain('whsec_');
    expect((await api('PATCH', '', body, key)).text).toBe(first.text);
    const sql = sqlOn(serving.services.database.dataSource);
    await sql(`update kept_answer set created_at = created_at - interval '11 minutes'`);
    const again = await api('PATCH', '', body, key);
    expect(problem.parse(again.json).code).toBe('shown_once');
    expect(again.text).not.toContain('whsec_');
  });

  test.each([
    ['http://receiver.example.com/', 'webhook.url'],
    ['https://127.0.0.1/', 'webhook.url'],
    ['https://me:secret@receiver.example.com/', 'webhook.url'],
    ['https://metadata.internal/', 'webhook.url'],
  ])(
    'the receiver %s is refused with the field’s name, without repeating the URL',
    async (url, field) => {
      const said = await api('PATCH', '', { webhook: { url }, email: { includeReason: false } });
      expect(said.status).toBe(400);
      expect(said.text).toContain(field);
      expect(said.text).not.toContain(url);
      // All of it or nothing.
      expect((await api('GET', '')).json).toMatchObject({ email: { includeReason: true } });
    },
  );

  test('a Slack webhook must be a URL of Slack', async () => {
    const said = await api('PATCH', '', { slack: { webhookUrl: 'https://evil.example.com/x' } });
    expect([said.status, said.text]).toEqual([400, expect.stringContaining('hooks.slack.com')]);
  });

  test.each([
    [{ email: { recipients: ['a@example.com\r\nBcc: eve@example.com'] } }],
    [{ email: { recipients: [] } }],
    [{ slack: { channel: '#a\u0000b' } }],
    [{ webhook: { events: ['everything'] } }],
    [{ webhook: { secret: 'whsec_mine' } }],
    [{ sms: {} }],
  ])('the receiver settings %j are refused', async (body) => {
    expect((await api('PATCH', '', body)).status).toBe(400);
  });
});

test('a test notification is sent once, however often the request is repeated under its idempotency key', async () => {
  sentTo.length = 0;
  answer = { outcome: 'retry', error: 'http_500' };
  const key = randomUUID();
  const failed = { receiver: 'slack', outcome: 'failed', error: 'http_500' };
  expect((await api('POST', '/test', { receiver: 'slack' }, key)).json).toEqual(failed);
  answer = { outcome: 'sent' };
  expect((await api('POST', '/test', { receiver: 'slack' }, key)).json).toEqual(failed);
  expect(sentTo).toEqual(['slack']);
  expect((await api('POST', '/test', { receiver: 'webhook' })).json).toEqual({
    receiver: 'webhook',
    outcome: 'sent',
  });
});

test('deliveries are listed page by page and can be replayed', async () => {
  await serving.services.policy();
  const { caller } = await serving.services.agent('listed');
  await serving.services.ask(caller);
  const all = notificationRoutes.deliveries.answer.parse((await api('GET', '/deliveries')).json);
  const types = new Set(all.items.map(({ receiver, type }) => `${receiver} ${type}`));
  expect(types).toContain('webhook approval_requested');
  expect(types).not.toContain('email approval_requested');
  const seen: string[] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const query: string = `/deliveries?limit=1${after && `&after=${after}`}`;
    const page = notificationRoutes.deliveries.answer.parse((await api('GET', query)).json);
    seen.push(...page.items.map(({ id }) => id));
    after = page.next;
  }
  expect(seen).toEqual(all.items.map(({ id }) => id));

  await patched({ webhook: { enabled: false } });
  const dead = await api('GET', '/deliveries?state=dead&receiver=webhook');
  const ids = notificationRoutes.deliveries.answer.parse(dead.json).items.map(({ id }) => id);
  expect(ids.length).toBeGreaterThan(0);
  expect((await api('POST', '/replay', { ids: ids.slice(0, 1) })).json).toEqual({ replayed: 1 });
  const since = { receiver: 'webhook', since: '1h' };
  expect((await api('POST', '/replay', since)).json).toEqual({ replayed: ids.length - 1 });
});
