/** Being told of changes by protocol 2025-11-25 and older: of one's own requests only, by any process, for as long as one may. */

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

const startAt = (useCases: Services['useCases'], more: { streamLasts?: number } = {}) =>
  startEndpoint({
    useCases,
    keys: { [ann.token]: ann.caller, [ben.token]: ben.caller },
    ...more,
  });

/** A client and the addresses that it was told of, in their order. */
async function subscriber(
  { token }: Agent,
  kind: (typeof OLDER)[number],
  { at = endpoint, stdio = false } = {},
) {
  const through = stdio ? ([process.execPath, RELAY] as const) : undefined;
  const client = await connectClient({ url: at.origin, token, kind, through });
  clients.push(client);
  const told: string[] = [];
  const onUpdate = ({ params }: { params: { uri: string } }) => void told.push(params.uri);
  if (client instanceof OldClient)
    client.setNotificationHandler(ResourceUpdatedNotificationSchema, onUpdate);
  if (client instanceof NewClient)
    client.setNotificationHandler('notifications/resources/updated', onUpdate);
  return {
    client,
    told,
    subscribe: (uri: string) => client.subscribeResource({ uri }),
    unsubscribe: (uri: string) => client.unsubscribeResource({ uri }),
  };
}

const decide = async ({ id }: Approval, verdict: 'approve' | 'deny' = 'approve') => {
  const alice = await services.decider('alice@example.com');
  const vote = { approval: id, verdict, reason: 'as it was asked for' } as const;
  return unwrap(await services.useCases.decide(alice, vote));
};

let asked = 0;
const askAs = ({ caller }: Agent) => {
  asked += 1;
  return services.ask(caller, { duration: asked * 60_000 });
};

const subscriptions = () => sqlOn(services.database.dataSource)('select * from subscription');

describe.each(OLDER)('%s', (kind) => {
  test.each([false, true])(
    'is told of its requests, each change once (over stdio: %s)',
    async (stdio) => {
      const { told, subscribe } = await subscriber(ann, kind, { stdio });
      const [first, second] = [await askAs(ann), await askAs(ann)];
      await subscribe(uriOf(first));
      await subscribe(uriOf(second));
      await decide(first);
      await until('the decision to be told', () => told.length === 1);
      await decide(second, 'deny');
      await until('the denial to be told', () => told.length === 2);
      const now = unwrap(await services.useCases.waitForDecision(ann.caller, first.id, { ms: 0 }));
      if (!now.grant) throw new Error('a grant was expected');
      unwrap(await services.useCases.releaseGrant(ann.caller, now.grant.id));
      await until('the end of the grant to be told', () => told.length === 3);
      expect(told).toEqual([uriOf(first), uriOf(second), uriOf(first)]);
    },
  );

  test('is told of nothing that it unsubscribed from', async () => {
    const { told, subscribe, unsubscribe } = await subscriber(ann, kind);
    const [first, second] = [await askAs(ann), await askAs(ann)];
    await subscribe(uriOf(first));
    await subscribe(uriOf(second));
    await unsubscribe(uriOf(first));
    await decide(first);
    await decide(second);
    await until('the other decision to be told', () => told.length > 0);
    expect(told).toEqual([uriOf(second)]);
  });

  test('cannot tell a request of somebody else’s from one that does not exist, and is told nothing of it', async () => {
    const { told, subscribe } = await subscriber(ben, kind);
    const [others, own] = [await askAs(ann), await askAs(ben)];
    const answers = [await subscribe(uriOf(others)), await subscribe(UNKNOWN)];
    expect(answers[0]).toEqual(answers[1]);
    await subscribe(uriOf(own));
    await decide(others);
    await decide(own);
    await until('its own decision to be told', () => told.length > 0);
    expect(told).toEqual([uriOf(own)]);
    expect(await subscriptions()).toHaveLength(1);
  });
});

test('a stream that ended is opened again by mcp-server-vsecure', async () => {
  const brief = await startAt(services.useCases, { streamLasts: 100 });
  const { told, subscribe } = await subscriber(ann, 'v2 legacy', { at: brief, stdio: true });
  const approval = await askAs(ann);
  await subscribe(uriOf(approval));
  await sleep(500);
  await decide(approval);
  await until('the decision to be told', () => told.length > 0);
  expect(told[0]).toBe(uriOf(approval));
  await brief.close();
});

describe('two processes', () => {
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

  test('one takes the wish, the other tells', async () => {
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

test('what changed while there was no stream is told when there is one', async () => {
  const hers = await initialized(senderOf(ann));
  const approval = await askAs(ann);
  await subscribeRaw(hers, uriOf(approval));
  await decide(approval);
  const stream = await streamOf(hers);
  expect(await stream.next()).toMatchObject({ params: { uri: uriOf(approval) } });
  stream.close();
});

test('the session of another key tells nothing, though its id is known', async () => {
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

test('the tests for that fail on a server that takes every request for the caller’s own', async () => {
  const { approvals } = services.store;
  const find = async (id: Approval['id']) => {
    const found = await approvals.find(id);
    return found && { ...found, principal: ben.caller.principal.id };
  };
  const store = { ...services.store, approvals: { ...approvals, find } };
  const trusting = await startAt(createUseCases({ ...services, store }));
  const { told, subscribe } = await subscriber(ben, 'v1', { at: trusting });
  const hers = await askAs(ann);
  await subscribe(uriOf(hers));
  await decide(hers);
  await until('what is none of his to be told', () => told.length > 0);
  expect(told).toEqual([uriOf(hers)]);
  await trusting.close();
});

test('a key that is revoked is told nothing more, and its stream ends', async () => {
  const hers = await initialized(senderOf(ann));
  const approval = await askAs(ann);
  await subscribeRaw(hers, uriOf(approval));
  const stream = await streamOf(hers);
  unwrap(await services.useCases.manageKeys.revoke(services.admin, ann.caller.key.id));
  await decide(approval).catch(() => undefined);
  expect(await stream.next()).toBeUndefined();
});

test('a stream is ended after its time and when the server stops, and nothing waits any more', async () => {
  const brief = await startAt(services.useCases, { streamLasts: 50 });
  const brieflyHers = await initialized(senderOf(ann, brief));
  expect(await (await streamOf(brieflyHers)).next()).toBeUndefined();
  await brief.close();
  const stream = await streamOf({ ...brieflyHers, url: endpoint.url });
  await endpoint.stop();
  expect(await stream.next()).toBeUndefined();
});

test('a session has twenty at most, a key sixteen streams; both are told what to do, and others are not kept from theirs', async () => {
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
  await until('a place to be free', async () => {
    const again = await openStream(hers);
    await again.body?.cancel();
    return again.status === 200;
  });
});

test('a session that is ended forgets what it wanted; one that was never opened can want nothing', async () => {
  const hers = await initialized(senderOf(ann));
  await subscribeRaw(hers, uriOf(await askAs(ann)));
  const headers = { authorization: `Bearer ${ann.token}`, 'mcp-session-id': hers.session };
  const ended = await fetch(endpoint.url, { method: 'DELETE', headers });
  expect(ended.status).toBe(204);
  expect(await subscriptions()).toEqual([]);
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

/** The result, or the error. */
async function subscribeRaw(sender: Sender, uri: string) {
  const { result, error } = await ask(sender, { method: 'resources/subscribe', params: { uri } });
  return error ?? result;
}

/** A stream, open when this resolves. */
async function streamOf(sender: Sender) {
  const leaving = new AbortController();
  const answer = await openStream(sender, leaving.signal);
  expect(answer.status).toBe(200);
  const messages = messagesOf(answer);
  return {
    /** Undefined when it has ended. */
    next: async () => (await messages.next()).value,
    close: () => leaving.abort(),
  };
}
