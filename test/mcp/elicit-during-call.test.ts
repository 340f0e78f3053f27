/** Elicitation for clients of protocol 2025-11-25 and older, message by message: any process takes the answer, but only from the key that was asked. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ApprovalId } from '../../src/domain/approval.js';
import type { ElicitationId, Store } from '../../src/ports/index.js';
import { sqlOn } from '../../src/store/sql.js';
import { createListener, type Listener } from '../../src/store/wakeups.js';
import { createUseCases } from '../../src/usecases/index.js';
import { buildServices, DATABASE_URL, REASON, type Services, unwrap } from '../support/services.js';
import { until } from '../support/until.js';
import { startEndpoint, type TestEndpoint } from './endpoint.js';
import { initialized, type Message, messagesOf, type Sender, send } from './legacy-client.js';

let services: Services;
/** Two processes with one database. */
let here: TestEndpoint;
let there: TestEndpoint;
let listener: Listener;
let tokens: readonly string[];
beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  const agents = [await services.agent('one'), await services.agent('other')];
  tokens = agents.map(({ token }) => token);
  const keys = Object.fromEntries(agents.map(({ token, caller }) => [token, caller]));
  listener = createListener(services.database.connection);
  await listener.start();
  const elsewhere = createUseCases({ ...services, wakeups: listener });
  here = await startEndpoint({ useCases: services.useCases, keys });
  there = await startEndpoint({ useCases: elsewhere, keys });
});
afterAll(async () => {
  expect([...here.errors, ...there.errors]).toEqual([]);
  await here.close();
  await there.close();
  await listener.stop();
  await services.close();
});

/** The stored questions. A question is deleted when its call ends. */
const openQuestions = () => sqlOn(services.database.dataSource)('select id from question');
afterEach(async () => {
  await until('every question to be gone', async () => (await openQuestions()).length === 0);
});

const FORMS = { elicitation: {} };
let requestCount = 0;
const newRequest = () => {
  requestCount += 1;
  return { resources: [DATABASE_URL], operation: 'read', duration: `${requestCount}m` };
};
/** Calls `request-access` and reads the answer one message at a time. */
async function call(sender: Sender, args: object, signal?: AbortSignal) {
  const params = { name: 'request-access', arguments: args };
  const messages = messagesOf(await send(sender, { id: 1, method: 'tools/call', params }, signal));
  return { next: async () => (await messages.next()).value ?? {} };
}

const ofOne = (at = here): Sender => ({ url: at.url, token: tokens[0] ?? '' });
const ofOther = (): Sender => ({ url: here.url, token: tokens[1] ?? '' });
const written = (reason: string) => ({ action: 'accept', content: { reason } });
const textOf = ({ result }: Message) => JSON.parse(result?.content?.[0]?.text ?? '{}');

describe('an answer', () => {
  test('may reach another process than the one that asked', async () => {
    const one = await initialized(ofOne(), FORMS);
    const stream = await call(one, newRequest());
    const { id, method, params } = await stream.next();
    expect(method).toBe('elicitation/create');
    expect(params?.message).toContain(`"read" access to ${DATABASE_URL}`);
    const accepted = await send(ofOne(there), { id, result: written(REASON) });
    expect(accepted.status).toBe(202);
    const result = textOf(await stream.next());
    expect(result).toMatchObject({ status: 'pending' });
    const approval = await services.store.approvals.find(result.approval_id as ApprovalId);
    expect(approval?.reason).toBe(REASON);
  });

  test('of another key is ignored, even with the id of the question', async () => {
    const one = await initialized(ofOne(), FORMS);
    const stream = await call(one, newRequest());
    const { id } = await stream.next();
    const other = await initialized(ofOther(), FORMS);
    const accepted = await send(other, { id, result: written('Written by another key') });
    expect(accepted.status).toBe(202);
    await send(one, { id, result: written(REASON) });
    const result = textOf(await stream.next());
    const approval = await services.store.approvals.find(result.approval_id as ApprovalId);
    expect(approval?.reason).toBe(REASON);
  });

  test('counts once, and a second answer is dropped', async () => {
    const one = await initialized(ofOne(), FORMS);
    const stream = await call(one, newRequest());
    const { id } = await stream.next();
    const answers = [REASON, 'Another reason, sent by a client that repeats itself'];
    for (const reason of answers)
      expect((await send(one, { id, result: written(reason) })).ok).toBe(true);
    const result = textOf(await stream.next());
    const approval = await services.store.approvals.find(result.approval_id as ApprovalId);
    expect(approval?.reason).toBe(REASON);
  });

  test('that is declined, an error, too long, malformed or empty makes the call fail with the plain refusal', async () => {
    const useless = [
      { result: { action: 'decline' } },
      { result: { action: 'cancel' } },
      { result: { action: 'accept' } },
      { result: written('no') },
      { result: written('x'.repeat(100_000)) },
      { result: { action: 'accept', content: { reason: ['a', 'b'] } } },
      { result: { action: 'approve' } },
      { result: null },
      { result: {} },
      { error: { code: -32601, message: 'no such method' } },
    ];
    const one = await initialized(ofOne(), FORMS);
    for (const answer of useless) {
      const stream = await call(one, newRequest());
      const { id } = await stream.next();
      expect((await send(one, { id, ...answer })).status).toBe(202);
      const result = await stream.next();
      expect(result.result, JSON.stringify(answer).slice(0, 80)).toMatchObject({ isError: true });
      expect(textOf(result).error.code).toMatch(/^reason_(missing|too_short)$/);
    }
  });

  test('to an unknown question changes nothing, whatever its id', async () => {
    const one = await initialized(ofOne(), FORMS);
    const ids = [0, 1, '0', 'ask_', `ask_${'0'.repeat(22)}`, null, {}];
    for (const id of ids)
      expect((await send(one, { id, result: written(REASON) })).status).toBeLessThan(500);
  });
});

describe('a user who does not answer', () => {
  test('makes the call end with the plain refusal', async () => {
    const impatient = await startEndpoint({
      useCases: services.useCases,
      keys: { [tokens[0] ?? '']: unwrap(await services.useCases.authenticate(tokens[0] ?? '')) },
      answerTimeoutMs: 50,
    });
    const one = await initialized(ofOne(impatient), FORMS);
    const stream = await call(one, newRequest());
    expect((await stream.next()).method).toBe('elicitation/create');
    expect(textOf(await stream.next()).error.code).toBe('reason_missing');
    await impatient.close();
  });

  test('and disconnects ends the call at once', async () => {
    const one = await initialized(ofOne(), FORMS);
    const disconnect = new AbortController();
    const stream = await call(one, newRequest(), disconnect.signal);
    expect((await stream.next()).method).toBe('elicitation/create');
    expect(await openQuestions()).toHaveLength(1);
    disconnect.abort();
    await until('the question to be gone', async () => (await openQuestions()).length === 0);
  });
});

describe('a session id', () => {
  test('carries the self-reported client name to the card', async () => {
    const one = await initialized(ofOne(), {}, 'Claude Code');
    const stream = await call(one, { ...newRequest(), reason: REASON });
    const result = textOf(await stream.next());
    const approval = await services.store.approvals.find(result.approval_id as ApprovalId);
    expect(approval?.claimedClient).toBe('Claude Code');
  });

  test('that the server did not issue counts as no session', async () => {
    const one = await initialized(ofOne(), FORMS);
    const [id = '', encoded = ''] = one.session.split('.');
    const json = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const invalid = [
      '',
      'nonsense',
      id,
      `${id}.`,
      `${id}.%%%`,
      `${id}.${json('text')}`,
      `${id}.${json({ shows: true })}`,
      `${id}.${json({ shows: { forms: 'yes', addresses: 1 } })}`,
      `${id}.${json({ client: 'x'.repeat(300), shows: { forms: true, addresses: true } })}`,
      `sess_${'0'.repeat(21)}.${encoded}`,
      `${one.session}${'A'.repeat(2000)}`,
      `../../etc/passwd.${encoded}`,
    ];
    for (const session of invalid) {
      const stream = await call({ ...one, session }, newRequest());
      const result = await stream.next();
      expect(result.method, session).toBeUndefined();
      expect(textOf(result).error.code, session).toBe('reason_missing');
    }
  });

  test('is issued to older clients only', async () => {
    const one = await initialized(ofOne());
    expect(one.session).toMatch(/^sess_/);
    const listed = await send(one, { id: 2, method: 'tools/list' });
    expect(listed.headers.get('mcp-session-id')).toBeNull();
    await listed.text();
  });
});

test('on a server that does not check who answers, another key could answer the question', async () => {
  const sql = sqlOn(services.database.dataSource);
  /** A store that accepts the answer of any caller as the answer of the asked key. */
  const trusting = ({ transaction, ...store }: Store): Store => ({
    ...store,
    transaction: (work) =>
      transaction((tx) => {
        const answer = async (id: ElicitationId, _: unknown, said: object) => {
          const [row] = await sql<{ principal_id: `prin_${string}` }>(
            'select principal_id from question where id = $1',
            [id],
          );
          return row ? tx.elicitations.answer(id, row.principal_id, said) : false;
        };
        return work({ ...tx, elicitations: { ...tx.elicitations, answer } });
      }),
  });
  const useCases = createUseCases({ ...services, store: trusting(services.store) });
  const [one = services.admin, other = services.admin] = await Promise.all(
    tokens.map(async (token) => unwrap(await useCases.authenticate(token))),
  );
  const received = useCases.askToolUser.ask(one, {
    ask: async (id) => useCases.askToolUser.answer(other, id, written('Written by another key')),
    ms: 5000,
    signal: new AbortController().signal,
  });
  expect(await received).toEqual(written('Written by another key'));
});
