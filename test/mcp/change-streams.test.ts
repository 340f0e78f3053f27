/** Being told of changes: of one's own requests only, exactly when they change, and for as long as one may. */

import { Client } from '@modelcontextprotocol/client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import type { McpParts } from '../../src/mcp/server.js';
import type { Wakeups } from '../../src/ports/index.js';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { until } from '../support/until.js';
import { CLIENT_KINDS, ERA, startEndpoint, type TestEndpoint } from './endpoint.js';
import { ask, listening, send, TASKS } from './modern-client.js';

type Agent = Awaited<ReturnType<Services['agent']>>;

const UNKNOWN = 'vsecure://approvals/appr_0123456789abcdefghijkl';
const uriOf = ({ id }: Approval) => `vsecure://approvals/${id}`;

/** The real ones, looking again soon, and counting who waits for them. */
function watched(inner: Wakeups) {
  const open = { waiters: 0 };
  const wakeups: Wakeups = {
    subscribe(id) {
      const wakeup = inner.subscribe(id);
      open.waiters += 1;
      return {
        next: (ms, signal) => wakeup.next(Math.min(ms, lookEvery), signal),
        close() {
          open.waiters -= 1;
          wakeup.close();
        },
      };
    },
  };
  return { open, wakeups };
}
/** Milliseconds. Long enough to be none, unless a test is about it. */
let lookEvery = 60_000;

let services: Services;
let open: { waiters: number };
let ann: Agent;
let ben: Agent;
let endpoint: TestEndpoint;

beforeEach(async () => {
  lookEvery = 60_000;
  services = await buildServices({
    change(parts) {
      const watching = watched(parts.wakeups);
      open = watching.open;
      return { ...parts, wakeups: watching.wakeups };
    },
  });
  await services.policy();
  ann = await services.agent('ann');
  ben = await services.agent('ben');
});
afterEach(async () => {
  await endpoint.close();
  await until('every waiter to be freed', () => open.waiters === 0);
  expect(endpoint.errors).toEqual([]);
  await services.close();
});

async function start(
  useCases: McpParts['useCases'] = services.useCases,
  more: { streamLasts?: number } = {},
) {
  const keys = { ann: ann.caller, ben: ben.caller };
  endpoint = await startEndpoint({ useCases, keys, ...more });
}

/** A client of the newer SDK, and the addresses that it was told of, in their order. */
async function listener(token: string) {
  const client = await endpoint.client(token, 'v2 pinned');
  if (!(client instanceof Client)) throw new Error('the newer client was expected');
  const told: string[] = [];
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    told.push(params.uri);
  });
  const listen = (...uris: string[]) => client.listen({ resourceSubscriptions: uris });
  return { client, told, listen };
}

const decide = async (approval: Approval, verdict: 'approve' | 'deny' = 'approve') => {
  const alice = await services.decider('alice@example.com');
  const vote = { approval: approval.id, verdict, reason: 'as it was asked for' } as const;
  return unwrap(await services.useCases.decide(alice, vote));
};

const refusalOf = (token: string, uris: readonly unknown[]) =>
  ask({ url: endpoint.url, token, ...listening(uris) });

test('an agent is told when its request is decided, and when the access is over, once each', async () => {
  await start();
  const { told, listen } = await listener('ann');
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
  await until('the decision to be told', () => told.length === 1);
  await decide(second, 'deny');
  await until('the denial to be told', () => told.length === 2);
  const now = unwrap(await services.useCases.waitForDecision(ann.caller, first.id, { ms: 0 }));
  if (!now.grant) throw new Error('a grant was expected');
  unwrap(await services.useCases.releaseGrant(ann.caller, now.grant.id));
  await until('the end of the grant to be told', () => told.length === 3);
  expect(told).toEqual([uriOf(first), uriOf(second), uriOf(first)]);
  await subscription.close();
});

test('what changes nothing for the agent is not told', async () => {
  await services.policy({ approvers: ['alice@example.com', 'carol@example.com'], minApprovals: 2 });
  await start();
  const { told, listen } = await listener('ann');
  const approval = await services.ask(ann.caller);
  const subscription = await listen(uriOf(approval));
  await services.ask(ann.caller);
  await decide(approval);
  const carol = await services.decider('carol@example.com');
  unwrap(await services.useCases.decide(carol, { approval: approval.id, verdict: 'approve' }));
  await until('the decision to be told', () => told.length > 0);
  await subscription.close();
  expect(told).toEqual([uriOf(approval)]);
});

test('a decision between the look and the stream is told as soon as there is a stream', async () => {
  const approval = await services.ask(ann.caller);
  await start({
    ...services.useCases,
    async waitForDecision(...asked) {
      const seen = await services.useCases.waitForDecision(...asked);
      await decide(approval);
      return seen;
    },
  });
  const { told, listen } = await listener('ann');
  const subscription = await listen(uriOf(approval));
  await until('the decision to be told', () => told.length === 1);
  await subscription.close();
});

/** Ben tries to listen to a request of Ann's, which is then decided. What came of it. */
async function eavesdrop(useCases: McpParts['useCases']) {
  await start(useCases);
  const approval = await services.ask(ann.caller);
  const own = await services.ask(ben.caller);
  const { told, listen } = await listener('ben');
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
  await until('the own decision to be told', () => told.includes(uriOf(own)));
  return { refused, told, own: uriOf(own), other: uriOf(approval) };
}

test('a request of somebody else’s cannot be told from one that does not exist, and nothing is told of it', async () => {
  const { refused, told, own } = await eavesdrop(services.useCases);
  expect(refused[0]).toMatchObject({ code: -32602 });
  expect(refused).toEqual([refused[0], refused[0], refused[0]]);
  expect(told).toEqual([own]);
});

test('the test for that fails on a server that does not ask whose a request is', async () => {
  const { waitForDecision, followApproval } = services.useCases;
  const ownerOf = async (id: Approval['id']) => {
    const approval = await services.store.approvals.find(id);
    return approval?.principal === ann.caller.principal.id ? ann.caller : ben.caller;
  };
  const { refused, told, other } = await eavesdrop({
    ...services.useCases,
    waitForDecision: async (_, id, waiting) => waitForDecision(await ownerOf(id), id, waiting),
    followApproval: async (_, id, following) => followApproval(await ownerOf(id), id, following),
  });
  expect(refused).toContain('listening');
  await until('the other’s decision to be told', () => told.includes(other));
});

test('a stream that is closed frees its waiters, and so does a client that is simply gone', async () => {
  await start();
  const approval = await services.ask(ann.caller);
  const { client, listen } = await listener('ann');
  const subscription = await listen(uriOf(approval));
  await until('the waiter', () => open.waiters === 1);
  await subscription.close();
  await until('the waiter to be freed', () => open.waiters === 0);
  await listen(uriOf(approval));
  await until('the waiter', () => open.waiters === 1);
  await client.close();
  await until('the waiter to be freed', () => open.waiters === 0);

  const gone = new AbortController();
  const { signal } = gone;
  const asking = { url: endpoint.url, token: 'ann', ...listening([uriOf(approval)]), signal };
  const reader = (await send(asking)).body?.getReader();
  await reader?.read();
  await until('the waiter', () => open.waiters === 1);
  gone.abort();
  await until('the waiter to be freed', () => open.waiters === 0);
});

test('a key that is revoked is told nothing more, and its stream ends', async () => {
  await start();
  const approval = await services.ask(ann.caller);
  const { told, listen } = await listener('ann');
  const subscription = await listen(uriOf(approval));
  unwrap(await services.useCases.manageKeys.revoke(services.admin, ann.caller.key.id));
  await decide(approval);
  expect(await subscription.closed).toBe('graceful');
  expect(told).toEqual([]);
});

test('the stream of a revoked key, or of a key whose owner has left, ends at the next look when nothing happens', async () => {
  lookEvery = 50;
  await start();
  const streams = [];
  for (const [name, agent] of Object.entries({ ann, ben })) {
    const approval = await services.ask(agent.caller);
    const { listen } = await listener(name);
    streams.push(await listen(uriOf(approval)));
  }
  unwrap(await services.useCases.manageKeys.revoke(services.admin, ann.caller.key.id));
  expect(await streams[0]?.closed).toBe('graceful');
  await services.store.transaction((tx) => tx.people.setActive(ben.caller.owner.id, false));
  expect(await streams[1]?.closed).toBe('graceful');
});

test('a stream is ended after its time, and can be opened anew', async () => {
  await start(services.useCases, { streamLasts: 100 });
  const approval = await services.ask(ann.caller);
  const { listen } = await listener('ann');
  for (const _ of [1, 2]) {
    const subscription = await listen(uriOf(approval));
    expect(await subscription.closed).toBe('graceful');
  }
});

test('a stopping server ends the streams', async () => {
  await start();
  const approval = await services.ask(ann.caller);
  const { listen } = await listener('ann');
  const subscription = await listen(uriOf(approval));
  await endpoint.stop();
  expect(await subscription.closed).toBe('graceful');
});

test('one key holds four streams at most; another key is not kept from its own', async () => {
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
  const again = await until('a place to be free', () => listen(uriOf(mine)).catch(() => false));
  expect(again).toBeTruthy();
});

test('a list that is too long, or of anything but requests, is refused before anybody looks', async () => {
  let looks = 0;
  await start({
    ...services.useCases,
    waitForDecision(...asked) {
      looks += 1;
      return services.useCases.waitForDecision(...asked);
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
  expect(looks).toBe(0);
});

test('the same request named twenty times is told of once', async () => {
  await start();
  const approval = await services.ask(ann.caller);
  const { told, listen } = await listener('ann');
  const subscription = await listen(...Array(21).fill(uriOf(approval)));
  await until('the waiter', () => open.waiters === 1);
  await decide(approval);
  await until('the decision to be told', () => told.length > 0);
  await subscription.close();
  expect(told).toEqual([uriOf(approval)]);
});

test('whoever asks for nothing that is served is told so, and the stream ends', async () => {
  await start();
  const { client } = await listener('ann');
  const subscription = await client.listen({ toolsListChanged: true, resourcesListChanged: true });
  expect(subscription.honoredFilter).toEqual({});
  expect(await subscription.closed).toBe('graceful');
});

test('tasks are not told of: a client that declares them polls, one that does not is refused', async () => {
  await start();
  const { id } = await services.ask(ann.caller);
  const asking = { url: endpoint.url, token: 'ann', ...listening([], { taskIds: [id] }) };
  const { status, error } = await ask(asking);
  expect({ status, error }).toMatchObject({ status: 400, error: { code: -32021 } });
  const declared = await (await send({ ...asking, capabilities: TASKS })).text();
  expect(declared).toContain('"notifications":{}');
  expect(declared).toContain('"resultType":"complete"');
});

test('a database that breaks ends the stream, and the log knows a reference', async () => {
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

test.each(CLIENT_KINDS)('%s learns from the server whether it can be told', async (kind) => {
  await start();
  const client = await endpoint.client('ann', kind);
  expect(client.getServerCapabilities()?.resources?.subscribe).toBe(true);
  // The newer protocol has streams instead.
  if (ERA[kind] === '2026-07-28')
    await expect(client.subscribeResource({ uri: UNKNOWN })).rejects.toThrow(
      /not support|not found/i,
    );
});
