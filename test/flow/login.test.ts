/** A login gives a terminal one key of the person who confirmed its code in time. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { PersonId } from '../../src/domain/person.js';
import { explain } from '../../src/domain/refusal.js';
import { CLASS_SCOPES } from '../../src/domain/rights.js';
import type { Login } from '../../src/ports/index.js';
import { sqlOn } from '../../src/store/sql.js';
import type { BegunLogin } from '../../src/usecases/authorization/login.js';
import { makeKey } from '../../src/usecases/authorization/manage-keys.js';
import { memberDirectory } from '../support/directories.js';
import { buildServices, refusalOf, type Services, unwrap } from '../support/services.js';

let services: Services;
let begun: BegunLogin;
let count = 0;
beforeAll(async () => {
  services = await buildServices({ directory: memberDirectory('T1') });
});
afterAll(() => services.close());
beforeEach(async () => {
  count += 1;
  begun = unwrap(await services.useCases.login.begin('ana@laptop', '192.0.2.7'));
});

const person = (name: string) => services.person(`${name}${count}@example.com`);
const look = async (name: string, code: string) =>
  services.useCases.login.look(await person(name), code);
const confirm = async (name: string, { id }: Pick<Login, 'id'>) =>
  services.useCases.login.confirm(await person(name), id);
const take = (secret = begun.secret) => services.useCases.login.take(begun.id, secret);

test('a login gives no key until a person confirms it; then the terminal gets a key of that person', async () => {
  expect(unwrap(await take())).toBe('waiting');
  const found = unwrap(await look('ana', begun.code.toLowerCase().replace('-', '')));
  expect(found).toMatchObject({ device: 'ana@laptop', address: '192.0.2.7' });
  expect(unwrap(await take())).toBe('waiting');
  unwrap(await confirm('ana', found));
  const taken = unwrap(await take());
  if (taken === 'waiting') throw new Error('it was confirmed');
  expect(taken.owner.email).toBe(`ana${count}@example.com`);
  expect(taken.key).toMatchObject({ class: 'human', scopes: CLASS_SCOPES.human });
  const caller = unwrap(await services.useCases.authenticate(taken.token));
  expect(caller.principal.name).toBe(`login.ana${count}.example.com`);
  const { items } = await services.store.audit.list({}, { limit: 2 });
  expect(items.map(({ type, actor }) => [type, actor.name])).toEqual([
    ['key_created', `ana${count}@example.com`],
    ['login_confirmed', `ana${count}@example.com`],
  ]);
});

test('a login code can be confirmed once, and its terminal gets one key, again for some minutes in case the answer was lost', async () => {
  const found = unwrap(await look('ana', begun.code));
  unwrap(await confirm('ana', found));
  expect(refusalOf(await look('ana', begun.code))).toBe('invalid_code');
  expect(refusalOf(await confirm('ana', found))).toBe('invalid_code');
  const taken = unwrap(await take());
  expect(unwrap(await take())).toEqual(taken);
  const sql = sqlOn(services.database.dataSource);
  await sql(`update kept_answer set created_at = created_at - interval '11 minutes'`);
  expect(refusalOf(await take())).toBe('invalid_code');
});

test('concurrent confirmations and takes of a login give one key to one person', async () => {
  const found = unwrap(await look('ana', begun.code));
  const confirmed = await Promise.all(
    ['ana', 'ben', 'cem', 'dil'].map((name) => confirm(name, found)),
  );
  expect(confirmed.filter(({ ok }) => ok)).toHaveLength(1);
  const taken = await Promise.all([take(), take(), take(), take()]);
  const tokens = taken.map((one) => (one.ok && one.value !== 'waiting' ? one.value.token : one));
  expect(new Set(tokens).size).toBe(1);
});

test('a second confirmation by another person changes nothing', async () => {
  const found = unwrap(await look('ben', begun.code));
  unwrap(await confirm('ana', found));
  expect(refusalOf(await confirm('ben', found))).toBe('invalid_code');
  const taken = unwrap(await take());
  expect(taken === 'waiting' || taken.owner.email).toBe(`ana${count}@example.com`);
});

test('the code cannot replace the secret, and a wrong secret gets no key and does not void the login', async () => {
  unwrap(await confirm('ana', unwrap(await look('ana', begun.code))));
  expect(refusalOf(await take(begun.code))).toBe('invalid_code');
  expect(refusalOf(await take(`${begun.secret}x`))).toBe('invalid_code');
  unwrap(await take());
});

describe('a terminal that polls while a person confirms', () => {
  /** In how many of these races the terminal is told that its login is invalid. */
  async function lost(races: number, of: Services) {
    const ana = await of.person('ana@example.com');
    let refused = 0;
    for (let race = 0; race < races; race += 1) {
      const login = unwrap(await of.useCases.login.begin('ana@laptop', `198.51.100.${race}`));
      const polls = async () => {
        for (;;) {
          const answer = await of.useCases.login.take(login.id, login.secret);
          if (!answer.ok) return false;
          if (answer.value !== 'waiting') return true;
        }
      };
      const terminal = polls();
      unwrap(await of.useCases.login.confirm(ana, login.id));
      if (!(await terminal)) refused += 1;
    }
    return refused;
  }

  test('gets its key, however the two meet', async () => {
    expect(await lost(100, services)).toBe(0);
  });

  test('loses it in a build that takes in two statements', async () => {
    const broken = await buildServices({
      directory: memberDirectory('T1'),
      change: (parts) => ({
        ...parts,
        store: {
          ...parts.store,
          transaction: (work) =>
            parts.store.transaction((tx) =>
              work({ ...tx, logins: { ...tx.logins, take: takeInTwoStatements } }),
            ),
        },
      }),
    });
    const sql = sqlOn(broken.database.dataSource);
    async function takeInTwoStatements(id: string, secretHash: string) {
      const [taken] = await sql<{ person_id: PersonId }>(
        `update login set claimed_at = clock_timestamp()
         where id = $1 and secret_hash = $2 and confirmed_at is not null returning person_id`,
        [id, secretHash],
      );
      if (taken) return taken.person_id;
      const waiting = await sql(
        'select from login where id = $1 and secret_hash = $2 and confirmed_at is null',
        [id, secretHash],
      );
      return waiting.length === 1 ? 'waiting' : undefined;
    }
    let refused = 0;
    for (let tries = 0; refused === 0 && tries < 20; tries += 1) refused += await lost(10, broken);
    expect(refused).toBeGreaterThan(0);
    await broken.close();
  });
});

describe('login codes of one network', () => {
  const begin = async (address: string) =>
    unwrap(await services.useCases.login.begin('a terminal', address));
  const valid = async (code: string) => (await look('ana', code)).ok;
  const waiting = async (condition: string) =>
    (
      await sqlOn(services.database.dataSource)(
        `select from login where confirmed_at is null and ${condition}`,
      )
    ).length;

  test.each([
    ['one IPv4 address', () => '203.0.113.9', "network = '203.0.113.9'", 5],
    [
      'one address in either form',
      (at: number) => `${at % 2 ? '::ffff:' : ''}203.0.113.10`,
      "network = '203.0.113.10'",
      5,
    ],
    [
      'one /64 of IPv6',
      (at: number) => `2001:db8:0:7::${at.toString(16)}`,
      "network = '2001:db8:0:7::/64'",
      5,
    ],
    [
      'one /48 of IPv6',
      (at: number) => `2001:db8:1:${at.toString(16)}::1`,
      "wide_network = '2001:db8:1::/48'",
      50,
    ],
    ['no address', (at: number) => `nowhere ${at}`, "network = 'unknown'", 5],
  ] as const)(
    'from %s give way to its newer ones, and never those of another network',
    async (_, address, condition, most) => {
      const first = await begin(address(0));
      for (let at = 1; at < most; at += 1) await begin(address(at));
      expect(await valid(first.code)).toBe(true);
      const newest = await begin(address(most));
      expect([await valid(first.code), await valid(newest.code)]).toEqual([false, true]);
      await Promise.all(Array.from({ length: 30 }, (_one, at) => begin(address(most + at + 1))));
      expect(await waiting(condition)).toBe(most);
      expect(await valid(begun.code)).toBe(true);
    },
  );

  test('stay when a person has confirmed them', async () => {
    const login = await begin('203.0.113.77');
    unwrap(await confirm('ana', unwrap(await look('ana', login.code))));
    for (let at = 0; at < 10; at += 1) await begin('203.0.113.77');
    const taken = unwrap(await services.useCases.login.take(login.id, login.secret));
    expect(taken).not.toBe('waiting');
  });

  test('in a full installation, the network with most codes gives way', async () => {
    const insert = (narrow: string, wide: string) =>
      services.store.transaction((tx) =>
        tx.logins.insert(
          {
            id: services.makeId('lgin'),
            codeHash: services.digest(narrow),
            secretHash: services.digest(narrow),
            device: 'd',
            address: narrow,
            networks: { narrow, wide },
            ttl: 60_000,
          },
          { narrow: 5, wide: 50, all: 1 + full },
        ),
      );
    await sqlOn(services.database.dataSource)('delete from login where id <> $1', [begun.id]);
    const full = 20;
    for (let at = 0; at < 60; at += 1) await insert(`greedy ${at}`, 'greedy');
    await insert('modest', 'modest');
    expect(await waiting("wide_network = 'greedy'")).toBe(full - 1);
    expect(await waiting("wide_network = 'modest'")).toBe(1);
    expect(await valid(begun.code)).toBe(true);
  });
});

describe('an expired login', () => {
  const late = () =>
    sqlOn(services.database.dataSource)(
      `update login set expires_at = clock_timestamp() where id = $1`,
      [begun.id],
    );

  test('the code of an expired login is neither found nor confirmed', async () => {
    const found = unwrap(await look('ana', begun.code));
    await late();
    expect(refusalOf(await look('ana', begun.code))).toBe('invalid_code');
    expect(refusalOf(await confirm('ana', found))).toBe('invalid_code');
  });

  test('a confirmed login cannot be taken after its expiry', async () => {
    unwrap(await confirm('ana', unwrap(await look('ana', begun.code))));
    await late();
    expect(refusalOf(await take())).toBe('invalid_code');
  });
});

test('after five wrong codes a person is refused even with a correct code, and other people are not affected', async () => {
  for (let wrong = 0; wrong < 5; wrong += 1)
    expect(refusalOf(await look('eve', 'BBBB-BBBB'))).toBe('invalid_code');
  expect(refusalOf(await look('eve', begun.code))).toBe('too_many_codes');
  unwrap(await look('ana', begun.code));
});

test('a person deactivated during the login can neither confirm nor get a key', async () => {
  const found = unwrap(await look('ana', begun.code));
  const ana = await person('ana');
  const active = (yes: boolean) =>
    services.store.transaction((tx) =>
      yes ? tx.people.reactivate(ana.id) : tx.people.deactivate(ana.id),
    );
  await active(false);
  // As a person who was identified just before.
  expect(refusalOf(await services.useCases.login.confirm(ana, found.id))).toBe('person_inactive');
  await active(true);
  unwrap(await services.useCases.login.confirm(ana, found.id));
  await active(false);
  expect(refusalOf(await take())).toBe('person_inactive');
});

test('a person whose e-mail address is not a valid key name gets a key', async () => {
  const odd = await services.person(`o'hara${count}@example.com`);
  unwrap(await services.useCases.login.confirm(odd, unwrap(await look('ana', begun.code)).id));
  const taken = unwrap(await take());
  expect(taken === 'waiting' || taken.principal.name).toBe(`login.${odd.id}`);
});

test('no token, secret or code of a login is stored', async () => {
  unwrap(await confirm('ana', unwrap(await look('ana', begun.code))));
  const taken = unwrap(await take());
  const sql = sqlOn(services.database.dataSource);
  const rows = JSON.stringify([
    await sql('select * from login'),
    await sql('select * from api_key'),
    await sql('select * from audit_event'),
  ]);
  const token = taken === 'waiting' ? 'none' : taken.token;
  for (const secret of [begun.code, begun.code.replace('-', ''), begun.secret, token])
    expect(rows).not.toContain(secret);
});

describe('without Slack', () => {
  test('without Slack a login is refused, and the refusal says who creates the key', async () => {
    const other = await buildServices();
    const refused = await other.useCases.login.begin('ana@laptop', '');
    expect(!refused.ok && explain(refused.refusal)).toContain('vsecure keys:create');
    await other.close();
  });
});

describe('creating a key that can decide', () => {
  const wish = { name: 'desk', class: 'human', owner: 'ana@example.com' } as const;

  test('with logins enabled only its owner can create a key that decides; other keys and the first one can be created', async () => {
    const strict = await buildServices({ change: (parts) => ({ ...parts, humanKeys: 'login' }) });
    const { manageKeys, bootstrapAdmin } = strict.useCases;
    for (const scopes of [undefined, ['audit:read', 'approvals:decide'] as const]) {
      const refused = await manageKeys.create(strict.admin, { ...wish, scopes });
      expect(refusalOf(refused)).toBe('not_allowed');
      expect(!refused.ok && explain(refused.refusal)).toContain('vsecure login');
    }
    const again = { ...wish, name: strict.admin.principal.name, additional: true };
    const owner = strict.admin.owner.email;
    expect(refusalOf(await manageKeys.create(strict.admin, { ...again, owner }))).toBe(
      'not_allowed',
    );
    unwrap(await manageKeys.create(strict.admin, { ...wish, scopes: ['audit:read'] }));
    unwrap(await manageKeys.create(strict.admin, { ...wish, name: 'bot', class: 'agent' }));
    unwrap(await bootstrapAdmin('other@example.com'));
    await strict.close();
  });

  test('an administrator can create a key that decides if configured, and the record says so', async () => {
    unwrap(await services.useCases.manageKeys.create(services.admin, wish));
    const agent = { ...wish, name: 'bot', class: 'agent' } as const;
    unwrap(await services.useCases.manageKeys.create(services.admin, agent));
    const { items } = await services.store.audit.list({ type: 'key_created' }, { limit: 2 });
    expect(items.map(({ details }) => details?.['by'])).toEqual([undefined, 'admin']);
  });
});

describe('the names of the keys that a login or admin:bootstrap makes', () => {
  test.each(['login.ana.example.com', 'LOGIN.x', 'admin-abc123-2', 'Admin-x'])(
    'cannot be taken by another key: %s',
    async (name) => {
      const wish = { name, class: 'agent', owner: 'ana@example.com' } as const;
      const answer = await services.useCases.manageKeys.create(services.admin, wish);
      expect(answer).toMatchObject({
        refusal: { code: 'invalid_input', problem: expect.stringContaining('Choose another name') },
      });
    },
  );

  /** As an earlier version allowed it. */
  const taken = (name: string, email: string) =>
    services.store.transaction((tx) =>
      makeKey(tx, services.hasher, services.makeId, { name, class: 'agent', owner: email }),
    );

  test('are others when an earlier version gave them to another key', async () => {
    unwrap(await taken('login.tia.example.com', 'tia@example.com'));
    const begun = unwrap(await services.useCases.login.begin('tia@laptop', '192.0.2.7'));
    const tia = await services.person('tia@example.com');
    const seen = unwrap(await services.useCases.login.look(tia, begun.code));
    unwrap(await services.useCases.login.confirm(tia, seen.id));
    expect((await services.useCases.login.take(begun.id, begun.secret)).ok).toBe(true);

    const prefix = services.admin.principal.name.replace(/\d+$/, '');
    const { length } = await services.store.principals.list();
    for (let n = 2; n < length + 4; n += 1) unwrap(await taken(`${prefix}${n}`, 'bob@example.com'));
    expect((await services.useCases.bootstrapAdmin('admin@example.com')).ok).toBe(true);
  });
});
