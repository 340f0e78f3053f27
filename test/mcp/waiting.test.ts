/** Waiting for a person: seen to be alive at once, bounded, and given up as soon as nobody listens. */

import { afterEach, describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import type { AwaitDecision } from '../../src/usecases/await-decision.js';
import { buildHouse, granted } from '../support/house.js';
import { CLIENT_KINDS, call, ERA, fields, startEndpoint, type TestEndpoint } from './endpoint.js';
import { APPROVAL_ID, agentCaller, pendingApproval, verbs } from './verbs.js';

const agent = agentCaller('agent');
const WAIT = { approval_id: APPROVAL_ID, wait_seconds: 240 };

let endpoint: TestEndpoint;
const start = async (awaitDecision: AwaitDecision) => {
  endpoint = await startEndpoint({ useCases: verbs({ awaitDecision }), keys: { agent } });
};
afterEach(() => endpoint.close());

/** Waits until its signal aborts, and tells when it began and when it was freed. */
function endlessWait() {
  const began = latch();
  const freed = latch();
  const awaitDecision: AwaitDecision = async (caller, _id, { signal }) => {
    began.open();
    await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
    freed.open();
    return { ok: true, value: { approval: pendingApproval(caller) } };
  };
  return { awaitDecision, began: began.opened, freed: freed.opened };
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
    const house = await buildHouse();
    const { caller } = await house.agent();
    await house.policy();
    endpoint = await startEndpoint({ useCases: house.useCases, keys: { agent: caller } });
    const approval = await house.ask(caller);
    const decide = async () => {
      const alice = await house.decider('alice@example.com');
      granted(await house.useCases.decide(alice, { approval: approval.id, verdict: 'approve' }));
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
    await house.close();
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
    const { awaitDecision, began, freed } = endlessWait();
    await start(awaitDecision);
    const client = await endpoint.client('agent', kind);
    const waiting = call(client, 'wait-for-decision', WAIT).catch(() => 'gone');
    await began;
    await client.close();
    await freed;
    expect(await waiting).toBe('gone');
  });

  test('gets its answer when the server stops while it waits', async () => {
    const { awaitDecision, began } = endlessWait();
    await start(awaitDecision);
    const client = await endpoint.client('agent', kind);
    const waiting = call(client, 'wait-for-decision', WAIT);
    await began;
    await endpoint.stop();
    expect(fields(await waiting)).toMatchObject({ status: 'pending' });
    expect((await endpoint.post('{}')).status).toBe(503);
  });
});

test.each(CLIENT_KINDS.filter((kind) => ERA[kind] === '2026-07-28'))(
  '%s frees the waiter when it cancels the call, and can call again',
  async (kind) => {
    const { awaitDecision, began, freed } = endlessWait();
    await start(awaitDecision);
    const client = await endpoint.client('agent', kind);
    const cancel = new AbortController();
    const waiting = call(client, 'wait-for-decision', WAIT, { signal: cancel.signal });
    const refused = expect(waiting).rejects.toThrow();
    await began;
    cancel.abort();
    await refused;
    await freed;
    expect((await client.listTools()).tools).not.toEqual([]);
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
