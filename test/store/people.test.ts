/** People, their Slack accounts, and keys: links and names are permanent. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeId } from '../../src/crypto/ids.js';
import type { Person } from '../../src/domain/person.js';
import { CLASS_SCOPES } from '../../src/domain/rights.js';
import { PersonTable, SlackAccountTable } from '../../src/store/tables.js';
import { createIdentifySlackActor } from '../../src/usecases/people/identify-slack-user.js';
import { buildServices, refusalOf, type Services, unwrap } from '../support/services.js';

let services: Services;
beforeAll(async () => {
  services = await buildServices();
});
afterAll(() => services.close());

const link = (person: Person, teamId: string, userId: string) =>
  services.store.transaction((tx) => tx.people.link(person.id, { teamId, userId }));

describe('a Slack account', () => {
  test('links once, and never to another person', async () => {
    const [anna, ben] = [
      await services.person('anna@example.com'),
      await services.person('ben@example.com'),
    ];
    expect(await link(anna, 'T1', 'U0ANNA')).toMatchObject({
      slack: [{ teamId: 'T1', userId: 'U0ANNA' }],
    });
    expect(await link(ben, 'T1', 'U0ANNA')).toBeUndefined();
    expect(await services.store.people.bySlack('T1', 'U0ANNA')).toMatchObject({ id: anna.id });
    expect((await services.store.people.find(ben.id))?.slack).toEqual([]);
  });

  test('of a person is never replaced by another of the same team', async () => {
    const carl = await services.person('carl@example.com');
    await link(carl, 'T1', 'U0CARL');
    expect(await link(carl, 'T1', 'U0OTHER')).toBeUndefined();
    expect(await link(carl, 'T1', 'U0CARL')).toBeUndefined();
    expect(await services.store.people.bySlack('T1', 'U0OTHER')).toBeUndefined();
    expect(await link(carl, 'T2', 'U0CARL')).toMatchObject({ id: carl.id });
    expect((await services.store.people.find(carl.id))?.slack).toHaveLength(2);
  });

  test('that ten people claim at the same moment is linked to one of them', async () => {
    const people = await Promise.all(
      Array.from({ length: 10 }, (_, n) => services.person(`claimant${n}@example.com`)),
    );
    const linked = await Promise.all(people.map((person) => link(person, 'T1', 'U0PRIZE')));
    const winners = linked.filter((one) => one !== undefined);
    expect(winners).toHaveLength(1);
    expect(await services.store.people.bySlack('T1', 'U0PRIZE')).toEqual(winners[0]);
  });

  test('that clicks twice at the same moment is linked once and identified both times', async () => {
    const fay = await services.person('fay@example.com');
    const identify = createIdentifySlackActor({
      store: services.store,
      directory: {
        profile: async (userId) => ({ teamId: 'T1', userId, email: fay.email, status: 'member' }),
        byEmail: async () => undefined,
        deactivated: async () => [],
        groupMembers: async () => undefined,
        channel: async () => undefined,
        teamId: () => 'T1',
      },
      linkByEmail: true,
    });
    const click = () => identify({ teamId: 'T1', userId: 'U0FAY' });
    const clicked = await Promise.all([click(), click(), click()]);
    expect(clicked.map(unwrap).map(({ id }) => id)).toEqual([fay.id, fay.id, fay.id]);
    const { items } = await services.store.audit.list({ actor: fay.email }, { limit: 9 });
    expect(items.map(({ type }) => type)).toEqual(['slack_linked']);

    unwrap(await services.useCases.managePeople.remove(services.admin, fay.email));
    expect(refusalOf(await click())).toBe('unknown_person');
    expect((await services.store.people.byEmail(fay.email))?.slack).toEqual([]);
  });

  test('with the same id in another team is another account', async () => {
    const dora = await services.person('dora@example.com');
    await link(dora, 'T1', 'U0DORA');
    expect(await services.store.people.bySlack('T9', 'U0DORA')).toBeUndefined();
  });

  test.each([
    ['', 'U0X'],
    ['T1', ''],
    ['T1', 'u0x'],
    ['T1', 'B0BOT'],
    ['X1', 'U0X'],
  ])('team %j and user %j are no account', async (teamId, userId) => {
    const eve = await services.person('eve@example.com');
    await expect(link(eve, teamId, userId)).rejects.toMatchObject({ code: '23514' });
  });
});

describe('a person', () => {
  test('is created once, however the address is spelt and however many processes create it', async () => {
    const spellings = ['Zoe@Example.com', 'zoe@example.com', 'ZOE@EXAMPLE.COM'];
    const made = await Promise.all([...spellings, ...spellings].map(services.person));
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(made[0]).toMatchObject({ email: 'zoe@example.com', role: 'member', active: true });
  });

  test('that exists keeps role and status when the address is used again', async () => {
    const { id } = await services.person('olga@example.com');
    await services.store.transaction((tx) => tx.people.setRole(id, 'auditor'));
    await services.store.transaction((tx) => tx.people.deactivate(id));
    expect(await services.person('OLGA@example.com')).toMatchObject({
      id,
      role: 'auditor',
      active: false,
    });
  });
});

describe('a key', () => {
  const key = (id: string, ttl?: number) =>
    services.store.transaction(async (tx) => {
      const owner = await tx.people.ensure('bob@example.com');
      const name = `agent-${id}`;
      const principal = await tx.principals.insert({
        id: makeId('prin'),
        name,
        class: 'agent',
        owner: owner.id,
      });
      if (!principal) return undefined;
      const scopes = CLASS_SCOPES.agent;
      const made = { id, principal: principal.id, class: 'agent', scopes, hint: 'abcd' } as const;
      return tx.principals.insertKey(made, Buffer.from(id.padEnd(32)), ttl);
    });
  const live = async (id: string) => (await services.store.principals.credentials(id))?.live;

  test('is valid until it is revoked, and is revoked once', async () => {
    await key('aaaaaaaaaa');
    expect(await live('aaaaaaaaaa')).toBe(true);
    const revoke = () => services.store.transaction((tx) => tx.principals.revokeKey('aaaaaaaaaa'));
    const revoked = await Promise.all([revoke(), revoke(), revoke()]);
    expect(revoked.filter((one) => one !== undefined)).toHaveLength(1);
    expect(await live('aaaaaaaaaa')).toBe(false);
  });

  test('is valid until it expires, by the database\u2019s clock', async () => {
    const made = await key('bbbbbbbbbb', 60_000);
    expect(await live('bbbbbbbbbb')).toBe(true);
    expect(made?.expiresAt?.getTime()).toBe((made?.createdAt.getTime() ?? 0) + 60_000);
    await services.database.dataSource.query(
      `update api_key set created_at = created_at - interval '2 minutes', expires_at = clock_timestamp() where id = 'bbbbbbbbbb'`,
    );
    expect(await live('bbbbbbbbbb')).toBe(false);
  });

  test('that does not exist is not found', async () => {
    expect(await services.store.principals.credentials('zzzzzzzzzz')).toBeUndefined();
  });

  test('has a name that is never used again, in upper or lower case', async () => {
    const wish = { class: 'agent', owner: 'bob@example.com' } as const;
    const create = (name: string) =>
      services.useCases.manageKeys.create(services.admin, { ...wish, name });
    const { key: made } = unwrap(await create('unique'));
    unwrap(await services.useCases.manageKeys.revoke(services.admin, made.id));
    for (const name of ['unique', 'Unique', 'UNIQUE'])
      expect(refusalOf(await create(name))).toBe('already_exists');
  });

  test('is listed without its hash', async () => {
    for (const one of await services.store.principals.keys())
      expect(Object.keys(one)).not.toContain('hash');
  });
});

test('a search with an undefined value is refused, instead of finding the first row', async () => {
  const { manager } = services.database.dataSource;
  await services.person('bob@example.com');
  for (const id of [JSON.parse('{}').id, null]) {
    await expect(manager.findOneBy(PersonTable, { id })).rejects.toThrow(
      /(?:Undefined|Null) value/,
    );
    await expect(manager.findOne(PersonTable, { where: { id } })).rejects.toThrow(
      /(?:Undefined|Null) value/,
    );
    await expect(manager.findBy(SlackAccountTable, { userId: id })).rejects.toThrow(
      /(?:Undefined|Null) value/,
    );
    await expect(manager.update(PersonTable, { id }, { role: 'admin' })).rejects.toThrow(
      /(?:Undefined|Null) value/,
    );
    await expect(manager.delete(PersonTable, { id })).rejects.toThrow(/(?:Undefined|Null) value/);
  }
  expect((await services.store.people.byEmail('bob@example.com'))?.role).toBe('member');
});
