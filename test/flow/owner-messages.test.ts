/** The owner of a key hears what is asked with it, how it ended, and when it is first used: once each, and never of their own doing. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../../src/domain/rights.js';
import { sqlOn } from '../../src/store/sql.js';
import { buildServices, DATABASE_URL, REASON, type Services, unwrap } from '../support/services.js';

let services: Services;
let caller: Caller;
let count = 0;
beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  await services.policy({ allowSelfApproval: true }, 'vsecure://secrets/own/*');
  await services.policy({ requiresApproval: false }, 'vsecure://secrets/development/*');
  await services.secret();
  await services.secret('dev', 'vsecure://secrets/development/A');
});
afterAll(() => services.close());
beforeEach(async () => {
  count += 1;
  caller = (await services.agent(`agent-${count}`)).caller;
});

/** What this key's owner is to be told, in order. */
async function told(): Promise<string[]> {
  const rows = await sqlOn(services.database.dataSource)<{ what: string }>(
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
  const { id } = await services.ask(caller);
  const decider = await services.decider(email);
  const decision = { approval: id, verdict, reason: 'Known incident' };
  return unwrap(await services.useCases.decide(decider, decision));
}

const read = (resource = DATABASE_URL) => services.useCases.readSecret(caller, { resource });

test('a request is told once, however often it is repeated', async () => {
  await services.ask(caller);
  await services.ask(caller);
  expect(await told()).toEqual([ASKED]);
});

test('a refused request is not told', async () => {
  const ask = { resources: [DATABASE_URL], operation: 'delete', reason: 'tidying up' } as const;
  await services.useCases.requestAccess(caller, ask);
  expect(await told()).toEqual([]);
});

describe('an outcome is told', () => {
  test.each(['approve', 'deny'] as const)('when somebody else says %s', async (verdict) => {
    await decided(verdict);
    expect(await told()).toEqual([ASKED, SETTLED]);
  });

  test('when time decided', async () => {
    const { id } = await services.ask(caller);
    await sqlOn(services.database.dataSource)(
      'update approval set expires_at = clock_timestamp() where id = $1',
      [id],
    );
    await services.useCases.expireApprovals();
    expect(await told()).toEqual([ASKED, SETTLED]);
  });

  test('when the AI tool took its request back', async () => {
    const { id } = await services.ask(caller);
    unwrap(await services.useCases.cancelRequest(caller, id));
    expect(await told()).toEqual([ASKED, SETTLED]);
  });

  test('when the second of two votes settled it, not at the first', async () => {
    const uri = `vsecure://secrets/two${count}/*`;
    await services.policy(
      { approvers: ['alice@example.com', 'carol@example.com'], minApprovals: 2 },
      uri,
    );
    const { id } = await services.ask(caller, { resources: [uri.replace('*', 'A')] });
    const vote = async (email: string) =>
      services.useCases.decide(await services.decider(email), { approval: id, verdict: 'approve' });
    unwrap(await vote('alice@example.com'));
    expect(await told()).toEqual([ASKED]);
    unwrap(await vote('carol@example.com'));
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
    await services.policy({ approvers: [BOB] }, uri);
    const { id } = await services.ask(caller, { resources: ['vsecure://secrets/own/A'] });
    const decider = await services.decider(BOB);
    unwrap(await services.useCases.decide(decider, { approval: id, verdict: 'approve' }));
    expect(await told()).toEqual([ASKED]);
  });

  test('a withdrawal by the owner with a human key', async () => {
    const bobs = await services.key(`bob-laptop-${count}`, 'human', BOB);
    const { id } = await services.ask(caller);
    unwrap(await services.useCases.cancelRequest(bobs.caller, id));
    expect(await told()).toEqual([ASKED]);
  });
});

describe('the first use', () => {
  test('is told once, by whichever process looks first', async () => {
    await decided('approve');
    await services.useCases.notifyFirstUses();
    expect(await told()).not.toContain(USED);
    unwrap(await read());
    unwrap(await read());
    await Promise.all([services.useCases.notifyFirstUses(), services.useCases.notifyFirstUses()]);
    unwrap(await read());
    await services.useCases.notifyFirstUses();
    expect((await told()).filter((one) => one === USED)).toEqual([USED]);
  });

  test('is told also when the access was given back at once', async () => {
    const { id } = await decided('approve');
    unwrap(await read());
    const grant = await services.store.grants.ofApproval(id);
    unwrap(await services.useCases.releaseGrant(caller, grant?.id ?? 'grnt_'));
    await services.useCases.notifyFirstUses();
    expect(await told()).toContain(USED);
  });

  test('is all that is told of access that needed no person', async () => {
    const resource = 'vsecure://secrets/development/A';
    await services.ask(caller, { resources: [resource], reason: '' });
    unwrap(await read(resource));
    await services.useCases.notifyFirstUses();
    expect(await told()).toEqual([USED]);
  });

  test('of several hundred grants is told in one go', async () => {
    const asks = Array.from({ length: 120 }, (_, index) =>
      services.ask(caller, { resources: [`vsecure://secrets/development/N${index}`], reason: '' }),
    );
    await Promise.all(asks);
    const sql = sqlOn(services.database.dataSource);
    await sql('update access_grant set uses = 1 where principal_id = $1', [caller.principal.id]);
    expect(await services.useCases.notifyFirstUses()).toBe(120);
    // Put back, or the audit trail would lack what was never read.
    await sql('update access_grant set uses = 0 where principal_id = $1', [caller.principal.id]);
  });
});

test('many keys of several people, told and expired at the same moment, wait for nobody in a ring', async () => {
  const owners = ['bob', 'carol', 'dora', 'erin'].map((name) => `${name}@example.com`);
  const agents = await Promise.all(
    owners.map((owner, index) => services.agent(`ring-${count}-${index}`, owner)),
  );
  const resource = (index: number) => [`vsecure://secrets/production/RING${index}`];
  for (let round = 0; round < 6; round += 1) {
    const ids = await Promise.all(
      agents.flatMap((agent) =>
        [1, 2, 3].map(
          async (index) => (await services.ask(agent.caller, { resources: resource(index) })).id,
        ),
      ),
    );
    const sql = sqlOn(services.database.dataSource);
    await sql('update approval set expires_at = clock_timestamp() where id = any($1)', [ids]);
    const { expireApprovals, notifyFirstUses, suspendPrincipal, requestAccess } = services.useCases;
    const again = { operation: 'read', resources: resource(9 + round), reason: REASON } as const;
    const last = agents.at(-1)?.caller.principal.id ?? 'prin_';
    await Promise.all([
      expireApprovals(),
      expireApprovals(),
      notifyFirstUses(),
      ...agents.map((agent) => requestAccess(agent.caller, again)),
      round === 5 && suspendPrincipal({ person: services.admin.owner, through: 'a test' }, last),
    ]);
  }
});
