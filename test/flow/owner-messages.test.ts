/** The owner of a key hears what is asked with it, how it ended, and when it is first used: once each, and never of their own doing. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../src/domain/rights.js';
import { sqlOn } from '../../src/store/sql.js';
import { buildHouse, DATABASE_URL, granted, type House, REASON } from '../support/services.js';

let house: House;
let caller: Caller;
let count = 0;
beforeAll(async () => {
  house = await buildHouse();
  await house.policy();
  await house.policy({ allowSelfApproval: true }, 'vsecure://secrets/own/*');
  await house.policy({ requiresApproval: false }, 'vsecure://secrets/development/*');
  await house.secret();
  await house.secret('dev', 'vsecure://secrets/development/A');
});
afterAll(() => house.close());
beforeEach(async () => {
  count += 1;
  caller = (await house.agent(`agent-${count}`)).caller;
});

/** What this key's owner is to be told, in order. */
async function told(): Promise<string[]> {
  const rows = await sqlOn(house.database.dataSource)<{ what: string }>(
    `select n.kind || ' ' || p.email as what from notice n join person p on p.id = n.person_id
     where n.principal_id = $1 order by n.id`,
    [caller.principal.id],
  );
  return rows.map(({ what }) => what);
}

const BOB = 'bob@example.com';
const ASKED = `asked ${BOB}`;
const SETTLED = `settled ${BOB}`;
const USED = `first_use ${BOB}`;

async function decided(verdict: 'approve' | 'deny', email = 'alice@example.com') {
  const { id } = await house.ask(caller);
  const decider = await house.decider(email);
  const decision = { approval: id, verdict, reason: 'Known incident' };
  return granted(await house.useCases.decide(decider, decision));
}

const read = (resource = DATABASE_URL) => house.useCases.readSecret(caller, { resource });

test('a request is told once, however often it is repeated', async () => {
  await house.ask(caller);
  await house.ask(caller);
  expect(await told()).toEqual([ASKED]);
});

test('a refused request is not told', async () => {
  const ask = { resources: [DATABASE_URL], operation: 'delete', reason: 'tidying up' } as const;
  await house.useCases.requestAccess(caller, ask);
  expect(await told()).toEqual([]);
});

describe('an outcome is told', () => {
  test.each(['approve', 'deny'] as const)('when somebody else says %s', async (verdict) => {
    await decided(verdict);
    expect(await told()).toEqual([ASKED, SETTLED]);
  });

  test('when time decided', async () => {
    const { id } = await house.ask(caller);
    await sqlOn(house.database.dataSource)(
      'update approval set expires_at = clock_timestamp() where id = $1',
      [id],
    );
    await house.useCases.expireApprovals();
    expect(await told()).toEqual([ASKED, SETTLED]);
  });

  test('when the AI tool took its request back', async () => {
    const { id } = await house.ask(caller);
    granted(await house.useCases.cancelRequest(caller, id));
    expect(await told()).toEqual([ASKED, SETTLED]);
  });

  test('when the second of two votes settled it, not at the first', async () => {
    const uri = `vsecure://secrets/two${count}/*`;
    await house.policy(
      { approvers: ['alice@example.com', 'carol@example.com'], minApprovals: 2 },
      uri,
    );
    const { id } = await house.ask(caller, { resources: [uri.replace('*', 'A')] });
    const vote = async (email: string) =>
      house.useCases.decide(await house.decider(email), { approval: id, verdict: 'approve' });
    granted(await vote('alice@example.com'));
    expect(await told()).toEqual([ASKED]);
    granted(await vote('carol@example.com'));
    expect(await told()).toEqual([ASKED, SETTLED]);
  });
});

describe('nobody is told of their own doing', () => {
  test('a denial by the owner', async () => {
    await decided('deny', BOB);
    expect(await told()).toEqual([ASKED]);
  });

  test('an approval by the owner, where the policy lets them', async () => {
    const uri = 'vsecure://secrets/own/*';
    await house.policy({ approvers: [BOB] }, uri);
    const { id } = await house.ask(caller, { resources: ['vsecure://secrets/own/A'] });
    const decider = await house.decider(BOB);
    granted(await house.useCases.decide(decider, { approval: id, verdict: 'approve' }));
    expect(await told()).toEqual([ASKED]);
  });

  test('a withdrawal by the owner with a human key', async () => {
    const bobs = await house.key(`bob-laptop-${count}`, 'human', BOB);
    const { id } = await house.ask(caller);
    granted(await house.useCases.cancelRequest(bobs.caller, id));
    expect(await told()).toEqual([ASKED]);
  });
});

describe('the first use', () => {
  test('is told once, by whichever process looks first', async () => {
    await decided('approve');
    await house.useCases.tellFirstUses();
    expect(await told()).not.toContain(USED);
    granted(await read());
    granted(await read());
    await Promise.all([house.useCases.tellFirstUses(), house.useCases.tellFirstUses()]);
    granted(await read());
    await house.useCases.tellFirstUses();
    expect((await told()).filter((one) => one === USED)).toEqual([USED]);
  });

  test('is told also when the access was given back at once', async () => {
    const { id } = await decided('approve');
    granted(await read());
    const grant = await house.store.grants.ofApproval(id);
    granted(await house.useCases.releaseGrant(caller, grant?.id ?? 'grnt_'));
    await house.useCases.tellFirstUses();
    expect(await told()).toContain(USED);
  });

  test('is all that is told of access that needed no person', async () => {
    const resource = 'vsecure://secrets/development/A';
    await house.ask(caller, { resources: [resource], reason: '' });
    granted(await read(resource));
    await house.useCases.tellFirstUses();
    expect(await told()).toEqual([USED]);
  });

  test('of several hundred grants is told in one go', async () => {
    const asks = Array.from({ length: 120 }, (_, index) =>
      house.ask(caller, { resources: [`vsecure://secrets/development/N${index}`], reason: '' }),
    );
    await Promise.all(asks);
    const sql = sqlOn(house.database.dataSource);
    await sql('update access_grant set uses = 1 where principal_id = $1', [caller.principal.id]);
    expect(await house.useCases.tellFirstUses()).toBe(120);
    // Put back, or the audit trail would lack what was never read.
    await sql('update access_grant set uses = 0 where principal_id = $1', [caller.principal.id]);
  });
});

test('many keys of several people, told and expired at the same moment, wait for nobody in a ring', async () => {
  const owners = ['bob', 'carol', 'dora', 'erin'].map((name) => `${name}@example.com`);
  const agents = await Promise.all(
    owners.map((owner, index) => house.agent(`ring-${count}-${index}`, owner)),
  );
  const resource = (index: number) => [`vsecure://secrets/production/RING${index}`];
  for (let round = 0; round < 6; round += 1) {
    const ids = await Promise.all(
      agents.flatMap((agent) =>
        [1, 2, 3].map(
          async (index) => (await house.ask(agent.caller, { resources: resource(index) })).id,
        ),
      ),
    );
    const sql = sqlOn(house.database.dataSource);
    await sql('update approval set expires_at = clock_timestamp() where id = any($1)', [ids]);
    const { expireApprovals, tellFirstUses, suspendPrincipal, requestAccess } = house.useCases;
    const again = { operation: 'read', resources: resource(9 + round), reason: REASON } as const;
    const last = agents.at(-1)?.caller.principal.id ?? 'prin_';
    await Promise.all([
      expireApprovals(),
      expireApprovals(),
      tellFirstUses(),
      ...agents.map((agent) => requestAccess(agent.caller, again)),
      round === 5 && suspendPrincipal({ person: house.admin.owner, through: 'a test' }, last),
    ]);
  }
});
