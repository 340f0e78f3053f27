/** Change notifications over `subscriptions/listen`: only about the caller's own requests, once per change, and only while the key is valid. */

import { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import type { McpParts } from '../../src/mcp/server.js';
import type { Wakeups } from '../../src/ports/index.js';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { until } from '../support/until.js';
import { CLIENT_KINDS, ERA, startEndpoint, type TestEndpoint } from './endpoint.js';
import { ask, listenFor, send, TASKS } from './modern-client.js';

type Agent = Awaited<ReturnType<Services['agent']>>;

const UNKNOWN = 'vsecure://approvals/appr_0123456789abcdefghijkl';
const uriOf = ({ id }: Approval) => `vsecure://approvals/${id}`;

/** Wraps the real wakeups: polls every `pollEvery` milliseconds and counts the open waiters. */
function countWaiters(inner: Wakeups) {
  const open = { waiters: 0 };
  const wakeups: Wakeups = {
    subscribe(id) {
      const wakeup = inner.subscribe(id);
      open.waiters += 1;
      return {
        next: (ms, signal) => wakeup.next(Math.min(ms, pollEvery), signal),
        close() {
          open.waiters -= 1;
          wakeup.close();
        },
      };
    },
  };
  return { open, wakeups };
}
/** Milliseconds. Long enough that no poll happens, unless a test shortens it. */
let pollEvery = 60_000;

let services: Services;
let open: { waiters: number };
let ann: Agent;
let ben: Agent;
let endpoint: TestEndpoint;

beforeEach(async () => {
  pollEvery = 60_000;
  services = await buildServices({
    change(parts) {
      const counted = countWaiters(parts.wakeups);
      open = counted.open;
      return { ...parts, wakeups: counted.wakeups };
    },
  });
  await services.policy();
  ann = await services.agent('ann');
  ben = await services.agent('ben');
});
afterEach(async () => {
  await endpoint.close();
  await until('every waiter to be closed', () => open.waiters === 0);
  expect(endpoint.errors).toEqual([]);
  await services.close();
});

async function start(
  useCases: McpParts['useCases'] = services.useCases,
  more: { streamMaxAgeMs?: number } = {},
) {
  const keys = { ann: ann.caller, ben: ben.caller };
  endpoint = await startEndpoint({ useCases, keys, ...more });
}

/** A client of the newer SDK, and the URIs that it was notified about, in order. */
async function listener(token: string) {
  const client = await endpoint.client(token, 'v2 pinned');
  if (!(client instanceof Client)) throw new Error('the newer client was expected');
  const notified: string[] = [];
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    notified.push(params.uri);
  });
  const listen = (...uris: string[]) => client.listen({ resourceSubscriptions: uris });
  return { client, notified, listen };
}

const decide = async (approval: Approval, verdict: 'approve' | 'deny' = 'approve') => {
  const alice = await services.decider('alice@example.com');
  const vote = { approval: approval.id, verdict, reason: 'as it was asked for' } as const;
  return unwrap(await services.useCases.decide(alice, vote));
};

const refusalOf = (token: string, uris: readonly unknown[]) =>
  ask({ url: endpoint.url, token, ...listenFor(uris) });

test('an agent gets one notification when its request is decided and one when the access ends', async () => {
  await start();
  const { notified, listen } = await listener('ann');
  const [first, second] = [
    await services.ask(ann.caller),
    await services.ask(ann.caller, { renew: true, duration: 120_000 }),
  ];
  const subscription = await listen(uriOf(first), uriOf(second));
  expect(subscription.honoredFilter).toEqual({
    resourceSubscriptions: [uriOf(first), uriOf(second)],
  });
  const { grant } = unwrap(
    await services.useCases.waitForDecision(ann.caller, first.id, { ms: 0 }),
  );
  expect(grant).toBeUndefined();
  await decide(first);
  await until('the notification of the decision', () => notified.length === 1);
  await decide(second, 'deny');
  await until('the notification of the denial', () => notified.length === 2);
  const now = unwrap(await services.useCases.waitForDecision(ann.caller, first.id, { ms: 0 }));
  if (!now.grant) throw new Error('a grant was expected');
  unwrap(await services.useCases.releaseGrant(ann.caller, now.grant.id));
  await until('the notification of the end of the grant', () => notified.length === 3);
  expect(notified).toEqual([uriOf(first), uriOf(second), uriOf(first)]);
  await subscription.close();
});

test('a vote that does not change the status causes no notification', async () => {
  await services.policy({ approvers: ['alice@example.com', 'carol@example.com'], minApprovals: 2 });
  await start();
  const { notified, listen } = await listener('ann');
  const approval = await services.ask(ann.caller);
  const subscription = await listen(uriOf(approval));
  await services.ask(ann.caller);
  await decide(approval);
  const carol = await services.decider('carol@example.com');
  unwrap(await services.useCases.decide(carol, { approval: approval.id, verdict: 'approve' }));
  await until('the notification of the decision', () => notified.length > 0);
  await subscription.close();
  expect(notified).toEqual([uriOf(approval)]);
});

test('a decision made while the stream opens is notified as soon as the stream is open', async () => {
  const approval = await services.ask(ann.caller);
  await start({
    ...services.useCases,
    async waitForDecision(...args) {
      const access = await services.useCases.waitForDecision(...args);
      await decide(approval);
      return access;
    },
  });
  const { notified, listen } = await listener('ann');
  const subscription = await listen(uriOf(approval));
  await until('the notification of the decision', () => notified.length === 1);
  await subscription.close();
});

/** Ben tries to listen to a request of Ann's, which is then decided. Returns what Ben received. */
async function eavesdrop(useCases: McpParts['useCases']) {
  await start(useCases);
  const approval = await services.ask(ann.caller);
  const own = await services.ask(ben.caller);
  const { notified, listen } = await listener('ben');
  const refused = await Promise.all(
    [[uriOf(approval)], [uriOf(own), uriOf(approval)], [UNKNOWN]].map((uris) =>
      listen(...uris).then(
        () => 'listening',
        ({ code, message }) => ({ code, message }),
      ),
    ),
  );
  await listen(uriOf(own));
  await decide(approval);
  await decide(own);
  await until("the notification of Ben's own decision", () => notified.includes(uriOf(own)));
  return { refused, notified, own: uriOf(own), other: uriOf(approval) };
}

test('listening to a request of another key is refused like one that does not exist, and sends no notification', async () => {
  const { refused, notified, own } = await eavesdrop(services.useCases);
  expect(refused[0]).toMatchObject({ code: -32602 });
  expect(refused).toEqual([refused[0], refused[0], refused[0]]);
  expect(notified).toEqual([own]);
});

test('on a server that does not check the owner of a request, the eavesdropping test finds the leak', async () => {
  const { waitForDecision, followApproval } = services.useCases;
  const ownerOf = async (id: Approval['id']) => {
    const approval = await services.store.approvals.find(id);
    return approval?.principal === ann.caller.principal.id ? ann.caller : ben.caller;
  };
  const { refused, notified, other } = await eavesdrop({
    ...services.useCases,
    waitForDecision: async (_, id, waiting) => waitForDecision(await ownerOf(id), id, waiting),
    followApproval: async (_, id, following) => followApproval(await ownerOf(id), id, following),
  });
  expect(refused).toContain('listening');
  await until("the notification of Ann's decision", () => notified.includes(other));
});

test('closing a stream closes its waiters, and so does a client that disconnects', async () => {
  await start();
  const approval = await services.ask(ann.caller);
  const { client, listen } = await listener('ann');
  const subscription = await listen(uriOf(approval));
  await until('the waiter', () => open.waiters === 1);
  await subscription.close();
  await until('the waiter to be closed', () => open.waiters === 0);
  await listen(uriOf(approval));
  await until('the waiter', () => open.waiters === 1);
  await client.close();
  await until('the waiter to be closed', () => open.waiters === 0);

  const gone = new AbortController();
  const { signal } = gone;
  const listenRequest = {
    url: endpoint.url,
    token: 'ann',
    ...listenFor([uriOf(approval)]),
    signal,
  };
  const reader = (await send(listenRequest)).body?.getReader();
  await reader?.read();
  await until('the waiter', () => open.waiters === 1);
  gone.abort();
  await until('the waiter to be closed', () => open.waiters === 0);
});

test('a revoked key gets no more notifications, and its stream ends', async () => {
  await start();
  const approval = await services.ask(ann.caller);
  const { notified, listen } = await listener('ann');
  const subscription = await listen(uriOf(approval));
  unwrap(await services.useCases.manageKeys.revoke(services.admin, ann.caller.key.id));
  expect((await services.store.approvals.find(approval.id))?.status).toBe('cancelled');
  expect(await subscription.closed).toBe('graceful');
  expect(notified).toEqual([]);
});

test('the stream of a revoked key, or of a deactivated owner, ends at the next poll even when nothing changes', async () => {
  pollEvery = 50;
  await start();
  const streams = [];
  for (const [name, agent] of Object.entries({ ann, ben })) {
    const approval = await services.ask(agent.caller);
    const { listen } = await listener(name);
    streams.push(await listen(uriOf(approval)));
  }
  unwrap(await services.useCases.manageKeys.revoke(services.admin, ann.caller.key.id));
  expect(await streams[0]?.closed).toBe('graceful');
  await services.store.transaction((tx) => tx.people.deactivate(ben.caller.owner.id));
  expect(await streams[1]?.closed).toBe('graceful');
});

test('the server ends a stream after its maximum age, and the client can open another', async () => {
  await start(services.useCases, { streamMaxAgeMs: 100 });
  const approval = await services.ask(ann.caller);
  const { listen } = await listener('ann');
  for (const _ of [1, 2]) {
    const subscription = await listen(uriOf(approval));
    expect(await subscription.closed).toBe('graceful');
  }
});

test('a stopping server ends its streams', async () => {
  await start();
  const approval = await services.ask(ann.caller);
  const { listen } = await listener('ann');
  const subscription = await listen(uriOf(approval));
  await endpoint.stop();
  expect(await subscription.closed).toBe('graceful');
});

test('one key can hold four streams at most, which does not limit another key', async () => {
  await start();
  const [mine, others] = [await services.ask(ann.caller), await services.ask(ben.caller)];
  const { listen } = await listener('ann');
  const streams = [];
  for (const _ of [1, 2, 3, 4]) streams.push(await listen(uriOf(mine)));
  const refusal = (await refusalOf('ann', [uriOf(mine)])).error;
  expect(refusal).toMatchObject({ code: -32603 });
  expect(refusal?.message).toMatch(/^Subscription limit reached/);
  const { listen: listenToo } = await listener('ben');
  await (await listenToo(uriOf(others))).close();
  await streams[0]?.close();
  const again = await until('a free stream slot', () => listen(uriOf(mine)).catch(() => false));
  expect(again).toBeTruthy();
});

test('a list that is too long, or names anything but requests, is refused before the database is read', async () => {
  let reads = 0;
  await start({
    ...services.useCases,
    waitForDecision(...args) {
      reads += 1;
      return services.useCases.waitForDecision(...args);
    },
  });
  const many = Array.from({ length: 21 }, (_, at) => `${UNKNOWN.slice(0, -2)}${10 + at}`);
  const thousands = Array.from({ length: 4000 }, (_, at) => `${UNKNOWN.slice(0, -4)}${1000 + at}`);
  for (const uris of [
    many,
    thousands,
    ['vsecure://grants'],
    ['vsecure://secrets/production/DATABASE_URL'],
    ['vsecure://approvals/'],
    ['vsecure://approvals/*'],
    [`${UNKNOWN}/`],
    [`${UNKNOWN}\0`],
    ['VSECURE://approvals/appr_0123456789abcdefghijkl'],
    ['file:///etc/passwd'],
    [''],
    [{}],
    [null],
  ]) {
    const { error } = await refusalOf('ann', uris);
    expect(error).toMatchObject({ code: -32602 });
    expect(error?.message).not.toMatch(/appr_|passwd|DATABASE/);
  }
  expect(reads).toBe(0);
});

test('a request that is listed 21 times causes one notification', async () => {
  await start();
  const approval = await services.ask(ann.caller);
  const { notified, listen } = await listener('ann');
  const subscription = await listen(...Array(21).fill(uriOf(approval)));
  await until('the waiter', () => open.waiters === 1);
  await decide(approval);
  await until('the notification of the decision', () => notified.length > 0);
  await subscription.close();
  expect(notified).toEqual([uriOf(approval)]);
});

test('a client that asks only for unsupported notifications learns so, and the stream ends', async () => {
  await start();
  const { client } = await listener('ann');
  const subscription = await client.listen({ toolsListChanged: true, resourcesListChanged: true });
  expect(subscription.honoredFilter).toEqual({});
  expect(await subscription.closed).toBe('graceful');
});

test('tasks cause no notifications: a client that declares tasks polls, and one that does not is refused', async () => {
  await start();
  const { id } = await services.ask(ann.caller);
  const listenRequest = { url: endpoint.url, token: 'ann', ...listenFor([], { taskIds: [id] }) };
  const { status, error } = await ask(listenRequest);
  expect({ status, error }).toMatchObject({ status: 400, error: { code: -32021 } });
  const declared = await (await send({ ...listenRequest, capabilities: TASKS })).text();
  expect(declared).toContain('"notifications":{}');
  expect(declared).toContain('"resultType":"complete"');
});

test('a database error ends the stream, and the log has a reference', async () => {
  const approval = await services.ask(ann.caller);
  await start({
    ...services.useCases,
    followApproval: () => Promise.reject(new Error('select canary')),
  });
  const second = await services.ask(ann.caller, { duration: 120_000 });
  const { listen } = await listener('ann');
  expect(await (await listen(uriOf(approval), uriOf(second))).closed).toBe('graceful');
  expect(endpoint.errors.splice(0)).toMatchObject([{ details: { where: 'listening' } }]);
});

test.each(CLIENT_KINDS)(
  '%s learns from the server whether it can subscribe to changes',
  async (kind) => {
    await start();
    const client = await endpoint.client('ann', kind);
    expect(client.getServerCapabilities()?.resources?.subscribe).toBe(true);
    // The newer protocol has streams instead.
    if (ERA[kind] === '2026-07-28')
      await expect(client.subscribeResource({ uri: UNKNOWN })).rejects.toThrow(
        /not support|not found/i,
      );
  },
);
