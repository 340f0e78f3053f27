/** Waiting for a person: seen to be alive at once, bounded, and given up as soon as nobody listens. */

import { afterEach, describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import type { WaitForDecision } from '../../src/usecases/approvals/wait-for-decision.js';
import { connectClient } from '../support/mcp-client.js';
import { RELAY } from '../support/relay.js';
import { buildServices, unwrap } from '../support/services.js';
import { until } from '../support/until.js';
import { CLIENT_KINDS, call, fields, startEndpoint, type TestEndpoint } from './endpoint.js';
import { APPROVAL_ID, agentCaller, pendingApproval, verbs } from './tool-calls.js';

const agent = agentCaller('agent');
const WAIT = { approval_id: APPROVAL_ID, wait_seconds: 240 };

let endpoint: TestEndpoint;
const start = async (waitForDecision: WaitForDecision) => {
  endpoint = await startEndpoint({ useCases: verbs({ waitForDecision }), keys: { agent } });
};
afterEach(() => endpoint.close());

/** Waits until its signal aborts, and tells when it began and when it was freed. */
function endlessWait() {
  const began = latch();
  const freed = latch();
  const waitForDecision: WaitForDecision = async (caller, _id, { signal }) => {
    began.open();
    await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
    freed.open();
    return { ok: true, value: { approval: pendingApproval(caller) } };
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
  test('sees progress at once, then the decision, and no name in between', async () => {
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
    // Nothing but the first progress brings the decision about.
    const onprogress = (progress: object) => void (seen.push(progress) === 1 && decide());
    const wait = { approval_id: approval.id, wait_seconds: 30 };
    const told = await call(client, 'wait-for-decision', wait, { onprogress });
    expect(fields(told)).toMatchObject({ status: 'approved' });
    expect(seen).toEqual([
      { progress: 0, total: 30, message: 'waiting for an approver, 0 s so far' },
    ]);
    await services.close();
  });

  test('sees the seconds grow with every progress', async () => {
    await start(async (caller, _id, { onWait }) => {
      const approval: Approval = pendingApproval(caller);
      for (const waited of [0, 3, 10_000, 10_400, 20_100, 40_000]) await onWait?.(waited, approval);
      return { ok: true, value: { approval } };
    });
    const seen: (string | undefined)[] = [];
    const client = await endpoint.client('agent', kind);
    await call(client, 'wait-for-decision', WAIT, { onprogress: (p) => seen.push(p.message) });
    expect(seen).toEqual(
      [0, 10, 20, 40].map((seconds) => `waiting for an approver, ${seconds} s so far`),
    );
  });

  test('is sent no progress that it did not ask for', async () => {
    let asked: unknown = 'not called';
    await start(async (caller, _id, { onWait }) => {
      asked = onWait;
      return { ok: true, value: { approval: pendingApproval(caller) } };
    });
    await call(await endpoint.client('agent', kind), 'wait-for-decision', WAIT);
    expect(asked).toBeUndefined();
  });

  test('frees the waiter when it goes away', async () => {
    const { waitForDecision, began, freed } = endlessWait();
    await start(waitForDecision);
    const client = await endpoint.client('agent', kind);
    const waiting = call(client, 'wait-for-decision', WAIT).catch(() => 'gone');
    await began;
    await client.close();
    await freed;
    expect(await waiting).toBe('gone');
  });

  test('gets its answer when the server stops while it waits', async () => {
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
    'frees the waiter when it cancels the call over %s, and can call again',
    async (way) => {
      const { services, open } = await servicesWithCount();
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
      await until('the waiter to be free', () => open() === 0);
      const after = call(client, 'wait-for-decision', { ...wait, wait_seconds: 0 });
      expect(fields(await after)).toMatchObject({ status: 'pending' });
      expect(open()).toBe(0);
      await client.close();
      await services.close();
    },
  );
});

test('a cancelled call is nobody else’s: not one of another key, and not where two have the same number', async () => {
  const { services, open } = await servicesWithCount();
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
  /** Whoever was freed looks once more before they go, and so does this. */
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

/** A house that counts who waits for a decision. */
async function servicesWithCount() {
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
  '%s sees every ten seconds that somebody is being waited for',
  async (kind) => {
    let clock = 0;
    const services = await buildServices({
      change: (parts) => ({
        ...parts,
        stopwatch: () => clock,
        // Time passes by waiting, and nobody decides.
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
    const told = await call(client, 'wait-for-decision', wait, { onprogress });
    expect(fields(told)).toMatchObject({ status: 'pending' });
    expect(seen).toEqual(
      [0, 10, 20, 30, 40].map((seconds) => `waiting for an approver, ${seconds} s so far`),
    );
    await services.close();
  },
);

test('a wait is as long as asked for, 45 seconds when nothing is said', async () => {
  const waits: number[] = [];
  await start(async (caller, _id, { ms }) => {
    waits.push(ms);
    return { ok: true, value: { approval: pendingApproval(caller) } };
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
