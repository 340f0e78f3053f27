/** The SDK against a real server that is killed, restarts, and loses answers: nothing is carried out twice. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VSecureClient } from '../../src/sdk/index.js';
import { sqlOn } from '../../src/store/sql.js';
import { type Serving, startServing } from '../http/serving.js';
import { testDatabase } from '../support/database.js';
import { startVsecure } from '../support/server.js';
import { DATABASE_URL, PRODUCTION, REASON } from '../support/services.js';
import { vsecure } from '../support/vsecure.js';
import { closedAddress } from './scripted-server.js';

const ASK = { resource: DATABASE_URL, operation: 'read', reason: REASON } as const;

test('waiting for a decision survives a killed and a stopped server', async () => {
  const database = await testDatabase();
  await using server = await startVsecure({ database });
  const made = await vsecure(['admin:bootstrap'], { env: server.env });
  const token = /vsk_h_\w+/.exec(made.stdout)?.[0] ?? '';
  const client = (apiKey: string) => new VSecureClient({ url: server.url, apiKey });
  const admin = client(token);
  await admin.mcp.configureResource({ uri: PRODUCTION, approvers: ['admin@localhost'] });
  const key = { name: 'waiting', class: 'agent', owner: 'bob@example.com' } as const;
  const agent = client((await admin.keys.create(key)).token);

  const { id } = await agent.mcp.requestApproval({ ...ASK, waitFor: 0 });
  const waiting = agent.mcp.requestApproval({ ...ASK, waitFor: 120_000 });
  await expect.poll(async () => (await admin.mcp.getApproval(id)).asked).toBe(2);
  await server.kill9();
  await server.restart();
  await server.stop();
  await server.restart();
  await admin.mcp.approve(id, { reason: 'go' });
  expect(await waiting).toMatchObject({ id, status: 'approved', grant: { status: 'active' } });
  await server.stop();
  await database.close();
});

test('an unreachable server fails the wait only after the caller’s time limit', async () => {
  const client = new VSecureClient({ url: await closedAddress(), apiKey: 'k' });
  const began = performance.now();
  const waiting = client.mcp.waitForDecision(`appr_${'0'.repeat(22)}`, { waitFor: 2000 });
  await expect(waiting).rejects.toMatchObject({ code: 'unreachable' });
  expect(performance.now() - began).toBeGreaterThanOrEqual(1990);
});

describe('when the answer to every first attempt is lost, the server carries out only once:', () => {
  let serving: Serving;
  let lossy: (apiKey: string) => VSecureClient;

  beforeAll(async () => {
    serving = await startServing();
    await serving.services.policy();
    lossy = (apiKey) => {
      const lost = new Set<string | null>();
      return new VSecureClient({
        url: serving.server.url,
        apiKey,
        retry: { minMs: 1 },
        async fetch(input, init) {
          const response = await fetch(input, init);
          const key = new Headers(init?.headers).get('idempotency-key');
          if (key === null || lost.has(key)) return response;
          lost.add(key);
          await response.arrayBuffer();
          throw new TypeError('terminated');
        },
      });
    };
  });
  afterAll(() => serving.close());

  /** Number of events of this type so far. */
  const events = async (type: string): Promise<number> => {
    const rows = await sqlOn(serving.services.database.dataSource)(
      `select 1 from audit_event where body ->> 'type' = $1`,
      [type],
    );
    return rows.length;
  };

  async function expectOneEvent<T>(type: string, act: () => Promise<T>): Promise<T> {
    const before = await events(type);
    const answer = await act();
    expect(await events(type)).toBe(before + 1);
    return answer;
  }

  test('requesting, deciding, releasing and cancelling', async () => {
    const agent = lossy((await serving.services.agent('lossy')).token);
    const alice = lossy((await serving.services.human('alice@example.com')).token);
    const ask = () => agent.mcp.requestApproval({ ...ASK, waitFor: 0 });
    const asked = await expectOneEvent('approval_requested', ask);
    expect(asked.asked).toBe(1);
    await expectOneEvent('vote_cast', () => alice.mcp.approve(asked.id));
    const [grant] = await agent.mcp.listGrants({ active: true });
    await expectOneEvent('access_released', () => agent.mcp.releaseGrant(grant?.id ?? ''));
    const again = await ask();
    await expectOneEvent('approval_cancelled', () => agent.mcp.cancel(again.id));
  });

  test('changes to secrets, policies and people', async () => {
    const admin = lossy(serving.services.adminToken);
    const name = 'lossy/TOKEN';
    const secret = () => admin.secrets.create(name, { generate: {} });
    expect(await expectOneEvent('secret_written', secret)).toMatchObject({ version: 1 });
    const update = () => admin.secrets.update(name, { value: 'x' });
    expect(await expectOneEvent('secret_written', update)).toMatchObject({ version: 2 });
    expect(
      await expectOneEvent('secret_written', () => admin.secrets.set(name, 'y')),
    ).toMatchObject({
      version: 3,
    });
    await expectOneEvent('secret_deleted', () => admin.secrets.delete(name));
    const uri = 'vsecure://secrets/lossy/*';
    const { policy } = await expectOneEvent('policy_changed', () =>
      admin.mcp.configureResource({ uri, maxUses: 2 }),
    );
    expect(policy.version).toBe(1);
    const person = { email: 'lossy@example.com', role: 'auditor' } as const;
    await expectOneEvent('person_changed', () => admin.people.set(person));
  });

  test('creating a key: the retry gets the same key', async () => {
    const admin = lossy(serving.services.adminToken);
    const newKey = { name: 'lost', class: 'agent', owner: 'bob@example.com' } as const;
    const made = await expectOneEvent('key_created', () => admin.keys.create(newKey));
    const caller = await serving.services.useCases.authenticate(made.token);
    expect(caller).toMatchObject({ ok: true, value: { key: { id: made.id } } });
  });
});
