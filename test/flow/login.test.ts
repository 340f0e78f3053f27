/** A login gives a terminal one key of the person who confirmed its code in time. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { explain } from '../../src/domain/refusal.js';
import { CLASS_SCOPES } from '../../src/domain/rights.js';
import type { Login } from '../../src/ports/index.js';
import { sqlOn } from '../../src/store/sql.js';
import type { BegunLogin } from '../../src/usecases/authorization/login.js';
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

test('a login code can be confirmed once, and its key can be taken once', async () => {
  const found = unwrap(await look('ana', begun.code));
  unwrap(await confirm('ana', found));
  expect(refusalOf(await look('ana', begun.code))).toBe('invalid_code');
  expect(refusalOf(await confirm('ana', found))).toBe('invalid_code');
  unwrap(await take());
  expect(refusalOf(await take())).toBe('invalid_code');
});

test('concurrent confirmations and takes of a login give one key to one person', async () => {
  const found = unwrap(await look('ana', begun.code));
  const confirmed = await Promise.all(
    ['ana', 'ben', 'cem', 'dil'].map((name) => confirm(name, found)),
  );
  expect(confirmed.filter(({ ok }) => ok)).toHaveLength(1);
  const taken = await Promise.all([take(), take(), take(), take()]);
  expect(taken.filter(({ ok }) => ok)).toHaveLength(1);
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
