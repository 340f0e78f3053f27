/** `wait-for-decision`: reports progress at once, waits for a limited time, and stops waiting when the client disconnects. */

import { afterEach, describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import { ok } from '../../src/domain/result.js';
import type { WaitForDecision } from '../../src/usecases/approvals/wait-for-decision.js';
import { connectClient } from '../support/mcp-client.js';
import { RELAY } from '../support/relay.js';
import { buildServices, unwrap } from '../support/services.js';
import { until } from '../support/until.js';
import { CLIENT_KINDS, call, fields, startEndpoint, type TestEndpoint } from './endpoint.js';
import { APPROVAL_ID, agentCaller, pendingApproval, stubUseCases } from './tool-calls.js';

const agent = agentCaller('agent');
const WAIT = { approval_id: APPROVAL_ID, wait_seconds: 240 };

let endpoint: TestEndpoint;
const start = async (waitForDecision: WaitForDecision) => {
  endpoint = await startEndpoint({ useCases: stubUseCases({ waitForDecision }), keys: { agent } });
};
afterEach(() => endpoint.close());

/** A use case that waits until its signal aborts, and promises that resolve when it begins and ends. */
function endlessWait() {
  const began = latch();
  const freed = latch();
  const waitForDecision: WaitForDecision = async (caller, _id, { signal }) => {
    began.open();
    await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
    freed.open();
    return ok({ approval: pendingApproval(caller) });
  };
  return { waitForDecision, began: began.opened, freed: freed.opened };
}

function latch() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe.each(CLIENT_KINDS)('%s', (kind) => {
  test('gets progress at once, then the decision, and no name of a person', async () => {
    const services = await buildServices();
    const { caller } = await services.agent();
    await services.policy();
    endpoint = await startEndpoint({ useCases: services.useCases, keys: { agent: caller } });
    const approval = await services.ask(caller);
    const decide = async () => {
      const alice = await services.decider('alice@example.com');
      unwrap(await services.useCases.decide(alice, { approval: approval.id, verdict: 'approve' }));
    };
    const seen: object[] = [];
    const client = await endpoint.client('agent', kind);
    // Only the first progress notification triggers the decision.
    const onprogress = (progress: object) => void (seen.push(progress) === 1 && decide());
    const wait = { approval_id: approval.id, wait_seconds: 30 };
    const result = await call(client, 'wait-for-decision', wait, { onprogress });
    expect(fields(result)).toMatchObject({ status: 'approved' });
    expect(seen).toEqual([
      { progress: 0, total: 30, message: 'waiting for an approver, 0 s so far' },
    ]);
    await services.close();
  });

  test('gets an increasing number of seconds with every progress notification', async () => {
    await start(async (caller, _id, { onWait }) => {
      const approval: Approval = pendingApproval(caller);
      for (const waited of [0, 3, 10_000, 10_400, 20_100, 40_000]) await onWait?.(waited, approval);
      return ok({ approval });
    });
    const seen: (string | undefined)[] = [];
    const client = await endpoint.client('agent', kind);
    await call(client, 'wait-for-decision', WAIT, { onprogress: (p) => seen.push(p.message) });
    expect(seen).toEqual(
      [0, 10, 20, 40].map((seconds) => `waiting for an approver, ${seconds} s so far`),
    );
  });

  test('gets no progress notifications that it did not ask for', async () => {
    let progressCallback: unknown = 'not called';
    await start(async (caller, _id, { onWait }) => {
      progressCallback = onWait;
      return ok({ approval: pendingApproval(caller) });
    });
    await call(await endpoint.client('agent', kind), 'wait-for-decision', WAIT);
    expect(progressCallback).toBeUndefined();
  });

  test('ends its wait on the server when it disconnects', async () => {
    const { waitForDecision, began, freed } = endlessWait();
    await start(waitForDecision);
    const client = await endpoint.client('agent', kind);
    const waiting = call(client, 'wait-for-decision', WAIT).catch(() => 'gone');
    await began;
    await client.close();
    await freed;
    expect(await waiting).toBe('gone');
  });

  test('gets its answer when the server stops during the wait', async () => {
    const { waitForDecision, began } = endlessWait();
    await start(waitForDecision);
    const client = await endpoint.client('agent', kind);
    const waiting = call(client, 'wait-for-decision', WAIT);
    await began;
    await endpoint.stop();
    expect(fields(await waiting)).toMatchObject({ status: 'pending' });
    expect((await endpoint.post('{}')).status).toBe(503);
  });
});

describe.each(CLIENT_KINDS)('%s', (kind) => {
  test.each(['HTTP', 'stdio'] as const)(
    'ends its wait on the server when it cancels the call over %s, and can call again',
    async (way) => {
      const { services, open } = await servicesWithWaiterCount();
      const { caller, token } = await services.agent();
      const { id } = await services.ask(caller);
      endpoint = await startEndpoint({ useCases: services.useCases, keys: { [token]: caller } });
      const through = way === 'stdio' ? ([process.execPath, RELAY] as const) : undefined;
      const client = await connectClient({ url: endpoint.origin, token, kind, through });
      const cancel = new AbortController();
      const { signal } = cancel;
      const wait = { approval_id: id, wait_seconds: 240 };
      const refused = call(client, 'wait-for-decision', wait, { signal }).catch(() => 'gone');
      await until('the wait to begin', () => open() === 1);
      cancel.abort();
      expect(await refused).toBe('gone');
      await until('the wait to end', () => open() === 0);
      const after = call(client, 'wait-for-decision', { ...wait, wait_seconds: 0 });
      expect(fields(await after)).toMatchObject({ status: 'pending' });
      expect(open()).toBe(0);
      await client.close();
      await services.close();
    },
  );
});

test('a cancellation ends no call of another key, and no call when two calls share the id', async () => {
  const { services, open } = await servicesWithWaiterCount();
  const [one, other] = [await services.agent('one'), await services.agent('other')];
  const { id } = await services.ask(one.caller);
  endpoint = await startEndpoint({
    useCases: services.useCases,
    keys: { one: one.caller, other: other.caller },
  });
  const post = (message: object, token: string) =>
    endpoint.post(JSON.stringify({ jsonrpc: '2.0', ...message }), {
      authorization: `Bearer ${token}`,
    });
  const waitFor = (wait_seconds: number, number: number) =>
    post(
      {
        id: number,
        method: 'tools/call',
        params: { name: 'wait-for-decision', arguments: { approval_id: id, wait_seconds } },
      },
      'one',
    );
  /** A cancelled wait reads the approval once more before it ends. The extra call makes sure that this has happened. */
  const cancel = async (requestId: unknown, token: string) => {
    await post({ method: 'notifications/cancelled', params: { requestId } }, token);
    await (await waitFor(0, 99)).text();
  };
  const answer = waitFor(240, 7);
  await until('the wait to begin', () => open() === 1);
  for (const [number, token] of [
    [7, 'other'],
    [8, 'one'],
    ['7', 'one'],
    [{}, 'one'],
  ] as const) {
    await cancel(number, token);
    expect(open()).toBe(1);
  }
  const twin = waitFor(240, 7);
  await until('another wait to begin', () => open() === 2);
  await cancel(7, 'one');
  expect(open()).toBe(2);
  await endpoint.stop();
  expect(await (await answer).text()).toContain('pending');
  expect(await (await twin).text()).toContain('pending');
  await services.close();
});

/** Services that count the open waits for a decision. */
async function servicesWithWaiterCount() {
  let count = 0;
  const services = await buildServices({
    change: (parts) => ({
      ...parts,
      wakeups: {
        subscribe(id) {
          const wakeup = parts.wakeups.subscribe(id);
          if (!id.startsWith('appr_')) return wakeup;
          count += 1;
          return {
            ...wakeup,
            close() {
              count -= 1;
              wakeup.close();
            },
          };
        },
      },
    }),
  });
  await services.policy();
  return { services, open: () => count };
}

test.each(CLIENT_KINDS)(
  '%s gets progress every ten seconds while it waits for an approver',
  async (kind) => {
    let clock = 0;
    const services = await buildServices({
      change: (parts) => ({
        ...parts,
        stopwatch: () => clock,
        // Waiting advances the clock, and no person decides.
        wakeups: {
          subscribe: (id) => ({
            ...parts.wakeups.subscribe(id),
            ...(id.startsWith('appr_') && {
              async next(ms) {
                clock += ms;
              },
            }),
          }),
        },
      }),
    });
    await services.policy();
    const { caller } = await services.agent();
    const { id } = await services.ask(caller);
    endpoint = await startEndpoint({ useCases: services.useCases, keys: { agent: caller } });
    const seen: (string | undefined)[] = [];
    const onprogress = ({ message }: { message?: string | undefined }) => void seen.push(message);
    const wait = { approval_id: id };
    const client = await endpoint.client('agent', kind);
    const result = await call(client, 'wait-for-decision', wait, { onprogress });
    expect(fields(result)).toMatchObject({ status: 'pending' });
    expect(seen).toEqual(
      [0, 10, 20, 30, 40].map((seconds) => `waiting for an approver, ${seconds} s so far`),
    );
    await services.close();
  },
);

test('a wait lasts as long as requested, or 45 seconds by default', async () => {
  const waits: number[] = [];
  await start(async (caller, _id, { ms }) => {
    waits.push(ms);
    return ok({ approval: pendingApproval(caller) });
  });
  const client = await endpoint.client('agent');
  for (const wait_seconds of [undefined, 0, 240])
    await call(client, 'wait-for-decision', { approval_id: APPROVAL_ID, wait_seconds });
  expect(waits).toEqual([45_000, 0, 240_000]);
  for (const wait_seconds of [241, -1, 1.5, '45']) {
    const answer = await call(client, 'wait-for-decision', {
      approval_id: APPROVAL_ID,
      wait_seconds,
    });
    expect(answer.error).toMatchObject({ code: 'invalid_input' });
  }
});
