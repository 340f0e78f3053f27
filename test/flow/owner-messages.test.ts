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

/** The queued messages to this key's owner, in order. */
async function messages(): Promise<string[]> {
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

test('the owner gets one message about a request, however often it is repeated', async () => {
  await services.ask(caller);
  await services.ask(caller);
  expect(await messages()).toEqual([ASKED]);
});

test('the owner gets no message about a refused request', async () => {
  const ask = { resources: [DATABASE_URL], operation: 'delete', reason: 'tidying up' } as const;
  await services.useCases.requestAccess(caller, ask);
  expect(await messages()).toEqual([]);
});

describe('the owner gets a message about the outcome', () => {
  test.each(['approve', 'deny'] as const)(
    'the owner gets a message when another person decides: %s',
    async (verdict) => {
      await decided(verdict);
      expect(await messages()).toEqual([ASKED, SETTLED]);
    },
  );

  test('the owner gets a message when the request expires', async () => {
    const { id } = await services.ask(caller);
    await sqlOn(services.database.dataSource)(
      'update approval set expires_at = clock_timestamp() where id = $1',
      [id],
    );
    await services.useCases.expireApprovals();
    expect(await messages()).toEqual([ASKED, SETTLED]);
  });

  test('the owner gets a message when the AI tool cancels its request', async () => {
    const { id } = await services.ask(caller);
    unwrap(await services.useCases.cancelRequest(caller, id));
    expect(await messages()).toEqual([ASKED, SETTLED]);
  });

  test('the owner gets a message at the second of two votes, not at the first', async () => {
    const uri = `vsecure://secrets/two${count}/*`;
    await services.policy(
      { approvers: ['alice@example.com', 'carol@example.com'], minApprovals: 2 },
      uri,
    );
    const { id } = await services.ask(caller, { resources: [uri.replace('*', 'A')] });
    const vote = async (email: string) =>
      services.useCases.decide(await services.decider(email), { approval: id, verdict: 'approve' });
    unwrap(await vote('alice@example.com'));
    expect(await messages()).toEqual([ASKED]);
    unwrap(await vote('carol@example.com'));
    expect(await messages()).toEqual([ASKED, SETTLED]);
  });
});

describe('the owner gets no message about their own action', () => {
  test('the owner gets no message about their own denial', async () => {
    await decided('deny', BOB);
    expect(await messages()).toEqual([ASKED]);
  });

  test('the owner gets no message about their own approval', async () => {
    const uri = 'vsecure://secrets/own/*';
    await services.policy({ approvers: [BOB] }, uri);
    const { id } = await services.ask(caller, { resources: ['vsecure://secrets/own/A'] });
    const decider = await services.decider(BOB);
    unwrap(await services.useCases.decide(decider, { approval: id, verdict: 'approve' }));
    expect(await messages()).toEqual([ASKED]);
  });

  test('the owner gets no message about their own cancellation with a human key', async () => {
    const bobs = await services.key(`bob-laptop-${count}`, 'human', BOB);
    const { id } = await services.ask(caller);
    unwrap(await services.useCases.cancelRequest(bobs.caller, id));
    expect(await messages()).toEqual([ASKED]);
  });
});

describe('the first use', () => {
  test('the first use of a grant is reported once by several processes', async () => {
    await decided('approve');
    await services.useCases.notifyFirstUses();
    expect(await messages()).not.toContain(USED);
    unwrap(await read());
    unwrap(await read());
    await Promise.all([services.useCases.notifyFirstUses(), services.useCases.notifyFirstUses()]);
    unwrap(await read());
    await services.useCases.notifyFirstUses();
    expect((await messages()).filter((one) => one === USED)).toEqual([USED]);
  });

  test('the first use of a grant is reported even after an immediate release', async () => {
    const { id } = await decided('approve');
    unwrap(await read());
    const grant = await services.store.grants.ofApproval(id);
    unwrap(await services.useCases.releaseGrant(caller, grant?.id ?? 'grnt_'));
    await services.useCases.notifyFirstUses();
    expect(await messages()).toContain(USED);
  });

  test('for access without approval, only the first use is reported', async () => {
    const resource = 'vsecure://secrets/development/A';
    await services.ask(caller, { resources: [resource], reason: '' });
    unwrap(await read(resource));
    await services.useCases.notifyFirstUses();
    expect(await messages()).toEqual([USED]);
  });

  test('the first uses of several hundred grants are reported in one run', async () => {
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

test('concurrent messages and expiries of many keys and owners do not deadlock', async () => {
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
