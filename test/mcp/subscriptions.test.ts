/** Change notifications of protocol 2025-11-25 and older: only about the caller's own requests, from any process, and only while the key is valid. */

import { setTimeout as sleep } from 'node:timers/promises';
import { Client as NewClient } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { ResourceUpdatedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import { sqlOn } from '../../src/store/sql.js';
import { createListener, type Listener } from '../../src/store/wakeups.js';
import { createUseCases } from '../../src/usecases/index.js';
import { connectClient } from '../support/mcp-client.js';
import { RELAY } from '../support/relay.js';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { until } from '../support/until.js';
import { type AnyClient, startEndpoint, type TestEndpoint } from './endpoint.js';
import { ask, initialized, messagesOf, openStream, type Sender } from './legacy-client.js';

type Agent = Awaited<ReturnType<Services['agent']>>;

const OLDER = ['v1', 'v2 legacy'] as const;
const UNKNOWN = 'vsecure://approvals/appr_0123456789abcdefghijkl';
const uriOf = ({ id }: Approval) => `vsecure://approvals/${id}`;

let services: Services;
let ann: Agent;
let ben: Agent;
let endpoint: TestEndpoint;
let clients: AnyClient[];

beforeEach(async () => {
  clients = [];
  services = await buildServices();
  await services.policy();
  ann = await services.agent('ann');
  ben = await services.agent('ben');
  endpoint = await startAt(services.useCases);
});
afterEach(async () => {
  for (const client of clients) await client.close();
  await endpoint.close();
  expect(endpoint.errors).toEqual([]);
  await services.close();
});

const startAt = (useCases: Services['useCases'], more: { streamMaxAgeMs?: number } = {}) =>
  startEndpoint({
    useCases,
    keys: { [ann.token]: ann.caller, [ben.token]: ben.caller },
    ...more,
  });

/** A client and the URIs that it was notified about, in order. */
async function subscriber(
  { token }: Agent,
  kind: (typeof OLDER)[number],
  { at = endpoint, stdio = false } = {},
) {
  const through = stdio ? ([process.execPath, RELAY] as const) : undefined;
  const client = await connectClient({ url: at.origin, token, kind, through });
  clients.push(client);
  const notified: string[] = [];
  const onUpdate = ({ params }: { params: { uri: string } }) => void notified.push(params.uri);
  if (client instanceof OldClient)
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, onUpdate);
  if (client instanceof NewClient)
    client.setNotificationHandler('notifications/resources/updated', onUpdate);
  return {
    client,
    notified,
    subscribe: (uri: string) => client.subscribeResource({ uri }),
    unsubscribe: (uri: string) => client.unsubscribeResource({ uri }),
  };
}

const decide = async ({ id }: Approval, verdict: 'approve' | 'deny' = 'approve') => {
  const alice = await services.decider('alice@example.com');
  const vote = { approval: id, verdict, reason: 'as it was asked for' } as const;
  return unwrap(await services.useCases.decide(alice, vote));
};

let requestCount = 0;
const askAs = ({ caller }: Agent) => {
  requestCount += 1;
  return services.ask(caller, { duration: requestCount * 60_000 });
};

const subscriptions = () => sqlOn(services.database.dataSource)('select * from subscription');

describe.each(OLDER)('%s', (kind) => {
  test.each([false, true])(
    'gets one notification for each change of its requests (over stdio: %s)',
    async (stdio) => {
      const { notified, subscribe } = await subscriber(ann, kind, { stdio });
      const [first, second] = [await askAs(ann), await askAs(ann)];
      await subscribe(uriOf(first));
      await subscribe(uriOf(second));
      await decide(first);
      await until('the notification of the decision', () => notified.length === 1);
      await decide(second, 'deny');
      await until('the notification of the denial', () => notified.length === 2);
      const now = unwrap(await services.useCases.waitForDecision(ann.caller, first.id, { ms: 0 }));
      if (!now.grant) throw new Error('a grant was expected');
      unwrap(await services.useCases.releaseGrant(ann.caller, now.grant.id));
      await until('the notification of the end of the grant', () => notified.length === 3);
      expect(notified).toEqual([uriOf(first), uriOf(second), uriOf(first)]);
    },
  );

  test('gets no notification about a request that it unsubscribed from', async () => {
    const { notified, subscribe, unsubscribe } = await subscriber(ann, kind);
    const [first, second] = [await askAs(ann), await askAs(ann)];
    await subscribe(uriOf(first));
    await subscribe(uriOf(second));
    await unsubscribe(uriOf(first));
    await decide(first);
    await decide(second);
    await until('the notification of the other decision', () => notified.length > 0);
    expect(notified).toEqual([uriOf(second)]);
  });

  test('gets the same answer for a request of another key as for an unknown one, and no notification about it', async () => {
    const { notified, subscribe } = await subscriber(ben, kind);
    const [others, own] = [await askAs(ann), await askAs(ben)];
    const answers = [await subscribe(uriOf(others)), await subscribe(UNKNOWN)];
    expect(answers[0]).toEqual(answers[1]);
    await subscribe(uriOf(own));
    await decide(others);
    await decide(own);
    await until('the notification of its own decision', () => notified.length > 0);
    expect(notified).toEqual([uriOf(own)]);
    expect(await subscriptions()).toHaveLength(1);
  });
});

test('mcp-server-vsecure opens the stream again after it has ended', async () => {
  const shortLived = await startAt(services.useCases, { streamMaxAgeMs: 100 });
  const { notified, subscribe } = await subscriber(ann, 'v2 legacy', {
    at: shortLived,
    stdio: true,
  });
  const approval = await askAs(ann);
  await subscribe(uriOf(approval));
  await sleep(500);
  await decide(approval);
  await until('the notification of the decision', () => notified.length > 0);
  expect(notified[0]).toBe(uriOf(approval));
  await shortLived.close();
});

describe('with two processes', () => {
  let listener: Listener;
  let there: TestEndpoint;
  beforeEach(async () => {
    listener = createListener(services.database.connection);
    await listener.start();
    there = await startAt(createUseCases({ ...services, wakeups: listener }));
  });
  afterEach(async () => {
    await there.close();
    await listener.stop();
  });

  test('one accepts the subscription, and the other sends the notification', async () => {
    const hers = await initialized(senderOf(ann));
    const stream = await streamOf({ ...hers, url: there.url });
    const approval = await askAs(ann);
    await subscribeRaw(hers, uriOf(approval));
    await decide(approval);
    expect(await stream.next()).toMatchObject({
      method: 'notifications/resources/updated',
      params: { uri: uriOf(approval) },
    });
    stream.close();
  });
});

test('a change while no stream was open is notified when the stream opens', async () => {
  const hers = await initialized(senderOf(ann));
  const approval = await askAs(ann);
  await subscribeRaw(hers, uriOf(approval));
  await decide(approval);
  const stream = await streamOf(hers);
  expect(await stream.next()).toMatchObject({ params: { uri: uriOf(approval) } });
  stream.close();
});

test('the session id of another key gives access to none of its notifications', async () => {
  const hers = await initialized(senderOf(ann));
  const [own, his] = [await askAs(ann), await askAs(ben)];
  await subscribeRaw(hers, uriOf(own));
  const stream = await streamOf({ ...hers, token: ben.token });
  await subscribeRaw({ ...hers, token: ben.token }, uriOf(his));
  await decide(own);
  await decide(his);
  expect(await stream.next()).toMatchObject({ params: { uri: uriOf(his) } });
  stream.close();
});

test('on a server that takes every request for the caller’s own, the test of isolation finds the leak', async () => {
  const { approvals } = services.store;
  const find = async (id: Approval['id']) => {
    const found = await approvals.find(id);
    return found && { ...found, principal: ben.caller.principal.id };
  };
  const store = { ...services.store, approvals: { ...approvals, find } };
  const trusting = await startAt(createUseCases({ ...services, store }));
  const { notified, subscribe } = await subscriber(ben, 'v1', { at: trusting });
  const hers = await askAs(ann);
  await subscribe(uriOf(hers));
  await decide(hers);
  await until('the leaked notification', () => notified.length > 0);
  expect(notified).toEqual([uriOf(hers)]);
  await trusting.close();
});

test('a revoked key gets no more notifications, and its stream ends', async () => {
  const hers = await initialized(senderOf(ann));
  const approval = await askAs(ann);
  await subscribeRaw(hers, uriOf(approval));
  const stream = await streamOf(hers);
  unwrap(await services.useCases.manageKeys.revoke(services.admin, ann.caller.key.id));
  await decide(approval).catch(() => undefined);
  expect(await stream.next()).toBeUndefined();
});

test('the server ends a stream after its maximum age and when it stops', async () => {
  const shortLived = await startAt(services.useCases, { streamMaxAgeMs: 50 });
  const shortLivedSession = await initialized(senderOf(ann, shortLived));
  expect(await (await streamOf(shortLivedSession)).next()).toBeUndefined();
  await shortLived.close();
  const stream = await streamOf({ ...shortLivedSession, url: endpoint.url });
  await endpoint.stop();
  expect(await stream.next()).toBeUndefined();
});

test('a session can have twenty subscriptions and a key sixteen streams; the refusal says what to do, and other keys are not affected', async () => {
  const hers = await initialized(senderOf(ann));
  for (let count = 0; count < 20; count += 1)
    expect(await subscribeRaw(hers, uriOf(await askAs(ann)))).toEqual({});
  const more = uriOf(await askAs(ann));
  expect(await subscribeRaw(hers, more)).toMatchObject({
    code: -32602,
    message: expect.stringContaining('Unsubscribe from one first'),
  });
  const streams = [];
  for (let count = 0; count < 16; count += 1)
    streams.push(await streamOf(await initialized(senderOf(ann))));
  expect((await openStream(hers)).status).toBe(405);
  const his = await streamOf(await initialized(senderOf(ben)));
  for (const stream of [...streams, his]) stream.close();
  await until('a free stream slot', async () => {
    const again = await openStream(hers);
    await again.body?.cancel();
    return again.status === 200;
  });
});

test('of more than two hundred subscriptions of a key, the oldest ends', async () => {
  const [first, ...others] = [await askAs(ann), await askAs(ann)];
  const sql = sqlOn(services.database.dataSource);
  await sql(
    `insert into subscription (session, principal_id, approval_id, standing, subscribed_at)
     select 'sess_' || lpad(n::text, 22, '0'), $1, $2, 'pending', clock_timestamp() - n * interval '1 second'
     from generate_series(1, 200) n`,
    [ann.caller.principal.id, first?.id],
  );
  const hers = await initialized(senderOf(ann));
  for (const approval of others) await subscribeRaw(hers, uriOf(approval));
  const [row] = await sql<{ count: string; oldest: string; newest: string }>(
    `select count(*), count(*) filter (where session = 'sess_0000000000000000000200') as oldest,
       count(*) filter (where session = $1) as newest from subscription`,
    [hers.session?.split('.')[0]],
  );
  expect(row).toEqual({ count: '200', oldest: '0', newest: '1' });
});

test('a session cannot be ended: the attempt is refused and changes nothing, and an unknown session cannot subscribe', async () => {
  const hers = await initialized(senderOf(ann));
  await subscribeRaw(hers, uriOf(await askAs(ann)));
  const before = await subscriptions();
  const headers = { authorization: `Bearer ${ann.token}`, 'mcp-session-id': hers.session };
  const ended = await fetch(endpoint.url, { method: 'DELETE', headers });
  expect(ended.status).toBe(405);
  expect(before).toHaveLength(1);
  expect(await subscriptions()).toEqual(before);
  for (const unknown of ['', 'sess_1'])
    expect(
      await subscribeRaw({ ...hers, session: unknown }, uriOf(await askAs(ann))),
    ).toMatchObject({
      code: -32602,
      message: expect.stringContaining('Mcp-Session-Id'),
    });
  expect((await openStream(senderOf(ann))).status).toBe(405);
});

const senderOf = ({ token }: Agent, { url } = endpoint): Sender => ({ url, token });

/** The result or the error. */
async function subscribeRaw(sender: Sender, uri: string) {
  const { result, error } = await ask(sender, { method: 'resources/subscribe', params: { uri } });
  return error ?? result;
}

/** Resolves when the stream is open. */
async function streamOf(sender: Sender) {
  const disconnect = new AbortController();
  const answer = await openStream(sender, disconnect.signal);
  expect(answer.status).toBe(200);
  const messages = messagesOf(answer);
  return {
    /** Undefined when the stream has ended. */
    next: async () => (await messages.next()).value,
    close: () => disconnect.abort(),
  };
}
