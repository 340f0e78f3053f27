/** A grant is active by the database's clock, its uses and its end. It covers only resources that its policy still decides. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Grant } from '../../src/domain/grant.js';
import type { Caller } from '../../src/domain/rights.js';
import {
  buildServices,
  DATABASE_URL,
  refusalOf,
  type Services,
  unwrap,
} from '../support/services.js';
import { anotherProcess } from './scene.js';

let services: Services;
beforeAll(async () => {
  services = await buildServices();
  await services.policy({ requiresApproval: false, maxUses: 3 });
  await services.secret();
});
afterAll(() => services.close());

let agents = 0;
async function grant(): Promise<{ caller: Caller; grant: Grant }> {
  agents += 1;
  const { caller } = await services.agent(`agent-${agents}`);
  const { id } = await services.ask(caller);
  const found = await services.store.grants.ofApproval(id);
  if (!found) throw new Error('an approval that was granted has no grant');
  return { caller, grant: found };
}

const sql = (text: string, id: string) => services.database.dataSource.query(text, [id]);
const read = (caller: Caller) => services.useCases.readSecret(caller, { resource: DATABASE_URL });

describe('a grant', () => {
  test('lasts for its duration, from the moment when it was written', async () => {
    const { grant: given } = await grant();
    expect(given).toMatchObject({ status: 'active', uses: 0, maxUses: 3 });
    expect(given.endsAt.getTime() - given.startsAt.getTime()).toBe(3_600_000);
  });

  test('ends by the clock alone, without a sweeper', async () => {
    const {
      caller,
      grant: { id },
    } = await grant();
    await sql(
      `update access_grant set starts_at = starts_at - interval '1 hour', ends_at = clock_timestamp() where id = $1`,
      id,
    );
    expect(await services.store.grants.find(id)).toMatchObject({ status: 'expired' });
    expect(refusalOf(await read(caller))).toBe('grant_ended');
    expect(
      await services.store.transaction((tx) => tx.grants.end(id, 'revoked', 'x')),
    ).toBeUndefined();
  });

  test('allows exactly its number of uses when two processes read at once', async () => {
    const {
      caller,
      grant: { id },
    } = await grant();
    const other = await anotherProcess(services);
    const one = {
      principal: caller.principal.id,
      principalName: caller.principal.name,
      key: caller.key.id,
      resource: DATABASE_URL,
    };
    const reads = Array.from({ length: 40 }, (_, turn) =>
      (turn % 2 ? services : other).ledger.open(one),
    );
    const answers = await Promise.all(reads);
    await other.close();
    expect(answers.filter(({ ok }) => ok)).toHaveLength(3);
    expect(await services.store.grants.find(id)).toMatchObject({ uses: 3, status: 'used_up' });
  });

  test('ends once when ten callers end it at the same moment', async () => {
    const {
      grant: { id },
    } = await grant();
    const ends = Array.from({ length: 10 }, (_, turn) =>
      services.store.transaction((tx) =>
        tx.grants.end(id, turn % 2 ? 'revoked' : 'released', 'a test'),
      ),
    );
    const ended = (await Promise.all(ends)).filter((one) => one !== undefined);
    expect(ended).toHaveLength(1);
    expect(await services.store.grants.find(id)).toMatchObject({ status: ended[0]?.status });
  });

  test('that was revoked allows no further read', async () => {
    const {
      caller,
      grant: { id },
    } = await grant();
    unwrap(await read(caller));
    unwrap(await services.useCases.revokeGrant(services.admin.owner, id, 'enough'));
    expect(refusalOf(await read(caller))).toBe('grant_ended');
  });
});

describe('a resource that a grant covers', () => {
  const listedAccess = async (caller: Caller) =>
    unwrap(await services.useCases.listSecrets(caller, { limit: 10 })).items[0]?.access;

  test('is not requested again while the grant is active', async () => {
    const {
      caller,
      grant: { approval },
    } = await grant();
    expect((await services.ask(caller)).id).toBe(approval);
    expect((await services.ask(caller, { renew: true })).id).not.toBe(approval);
    expect(await listedAccess(caller)).toBe('granted');
  });

  test('belongs to the same principal, operation and resource', async () => {
    const {
      caller,
      grant: { policy },
    } = await grant();
    const { grants } = services.store;
    const id = caller.principal.id;
    expect(await grants.covering(id, policy, 'read', [DATABASE_URL])).toBeDefined();
    expect(await grants.covering(id, policy, 'write', [DATABASE_URL])).toBeUndefined();
    expect(await grants.covering(id, policy, 'read', [`${DATABASE_URL}2`])).toBeUndefined();
    expect(
      await grants.covering(id, policy, 'read', [DATABASE_URL, `${DATABASE_URL}2`]),
    ).toBeUndefined();
    expect(await grants.covering('prin_x', policy, 'read', [DATABASE_URL])).toBeUndefined();
    expect(await grants.covering(id, 'plcy_x', 'read', [DATABASE_URL])).toBeUndefined();
  });

  test('is requested again after a stricter policy decides it', async () => {
    const {
      caller,
      grant: { approval },
    } = await grant();
    await services.policy({ approvers: ['alice@example.com'] }, DATABASE_URL);
    expect(refusalOf(await read(caller))).toBe('not_permitted');
    expect(await listedAccess(caller)).toBe('requestable');
    const again = await services.ask(caller);
    expect(again).toMatchObject({ status: 'pending' });
    expect(again.id).not.toBe(approval);
  });
});
