/** A one-time code links the Slack account that types it: once, for ten minutes, and never one that is linked already. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MINUTE } from '../../src/domain/limits.js';
import type { SlackProfile } from '../../src/ports/index.js';
import { sqlOn } from '../../src/store/sql.js';
import { createIdempotent } from '../../src/usecases/idempotent.js';
import { createLinkByCode } from '../../src/usecases/people/link-codes.js';
import { memberDirectory } from '../support/directories.js';
import { buildServices, refusalOf, type Services, unwrap } from '../support/services.js';

const TEAM = 'T0HOME';

let services: Services;
let standing: SlackProfile['status'] | 'silent';
let passed: number;
let count = 0;
let email: string;
let owner: Awaited<ReturnType<Services['human']>>;
beforeAll(async () => {
  passed = 0;
  services = await buildServices({
    directory: memberDirectory(TEAM, {
      profile: async (userId) =>
        standing === 'silent' ? undefined : { teamId: TEAM, userId, status: standing },
    }),
    change: (parts) => ({ ...parts, stopwatch: () => passed }),
  });
});
afterAll(() => services.close());
beforeEach(async () => {
  standing = 'member';
  count += 1;
  email = `person${count}@example.com`;
  owner = await services.human(email);
});

const account = (more = '') => ({ teamId: TEAM, userId: `U0P${count}${more}` });
const make = async () => unwrap(await services.useCases.createLinkCode(owner.caller)).code;
const type = (code: string, slackActor = account()) =>
  services.useCases.linkByCode(slackActor, code);
const slackOf = async () =>
  (await services.store.people.byEmail(email))?.slack.map(({ userId }) => userId);
const newest = async () => (await services.store.audit.list({}, { limit: 1 })).items[0];

test('entering a person’s link code in Slack links the account to the person and is recorded', async () => {
  const code = await make();
  expect(code).toMatch(/^link_[0-9A-Za-z]{22}$/);
  expect(await newest()).toMatchObject({ type: 'link_code_created', details: { email } });
  expect(unwrap(await type(` ${code} `)).email).toBe(email);
  expect(await slackOf()).toEqual([account().userId]);
  expect(await newest()).toMatchObject({
    type: 'slack_linked',
    actor: { kind: 'person', name: email },
    details: { by: 'code', slack: [`${TEAM}/${account().userId}`] },
  });
});

test('only the hash of a link code is stored, and no audit event contains the code', async () => {
  const code = await make();
  const sql = sqlOn(services.database.dataSource);
  const rows = await sql('select encode(hash, $1) as hash, * from link_code', ['escape']);
  const { items } = await services.store.audit.list({}, { limit: 200 });
  expect(JSON.stringify([rows, items])).not.toContain(code);
});

describe('a link code is refused', () => {
  test('a link code works only once', async () => {
    const code = await make();
    unwrap(await type(code));
    expect(refusalOf(await type(code, account('B')))).toBe('invalid_code');
  });

  test('of two concurrent uses of a link code, one succeeds', async () => {
    const code = await make();
    const both = await Promise.all([type(code), type(code, account('B'))]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await slackOf()).toHaveLength(1);
  });

  test('a link code expires after ten minutes', async () => {
    const { expiresAt } = unwrap(await services.useCases.createLinkCode(owner.caller));
    const left = expiresAt.getTime() - (await services.store.now()).getTime();
    expect(left).toBeGreaterThan(9 * MINUTE);
    expect(left).toBeLessThanOrEqual(10 * MINUTE);
    const code = await make();
    await sqlOn(services.database.dataSource)(
      'update link_code set expires_at = clock_timestamp()',
    );
    expect(refusalOf(await type(code))).toBe('invalid_code');
  });

  test('a newer link code voids the older one', async () => {
    const code = await make();
    const newer = await make();
    expect(refusalOf(await type(code))).toBe('invalid_code');
    unwrap(await type(newer));
  });

  test('a linked account cannot use a link code, and the code stays valid', async () => {
    const other = { email: `other${count}@example.com`, ...account('B') };
    const { managePeople } = services.useCases;
    unwrap(await managePeople.link(services.admin, other.email, account('B')));
    const code = await make();
    expect(refusalOf(await type(code, account('B')))).toBe('already_linked');
    unwrap(await type(code));
  });

  test('a person with a linked account in the workspace cannot link another', async () => {
    unwrap(await type(await make()));
    expect(refusalOf(await type(await make(), account('B')))).toBe('already_linked');
    expect(await slackOf()).toEqual([account().userId]);
  });

  test('the link code of a deactivated person is refused', async () => {
    const code = await make();
    unwrap(await services.useCases.managePeople.set(services.admin, { email, active: false }));
    expect(refusalOf(await type(code))).toBe('invalid_code');
  });

  test.each([
    ['guest', 'unverified_account'],
    ['bot', 'unverified_account'],
    ['unconfirmed', 'unverified_account'],
    ['foreign', 'foreign_team'],
    ['deactivated', 'person_inactive'],
    ['silent', 'unavailable'],
  ] as const)(
    'an account with the Slack status %s cannot use a link code, and the code stays valid',
    async (said, refusal) => {
      const code = await make();
      standing = said;
      expect(refusalOf(await type(code))).toBe(refusal);
      expect(await slackOf()).toEqual([]);
      standing = 'member';
      unwrap(await type(code));
    },
  );

  test('a link code is refused while no Slack workspace is connected', async () => {
    const linkByCode = createLinkByCode({
      ...services,
      idempotent: createIdempotent(services.fingerprint),
      directory: () => undefined,
    });
    expect(refusalOf(await linkByCode(account(), await make()))).toBe('unavailable');
  });
});

describe('wrong codes', () => {
  test('a wrong link code is recorded under the Slack account, without the code', async () => {
    await type('link_0123456789012345678901');
    const event = await newest();
    expect(event).toMatchObject({
      type: 'slack_link_refused',
      actor: { kind: 'stranger', id: `${TEAM}/${account().userId}` },
      refusal: 'invalid_code',
    });
    expect(JSON.stringify(event)).not.toContain('0123456789');
  });

  test('after five wrong link codes an account is refused for ten minutes', async () => {
    const code = await make();
    for (let wrong = 0; wrong < 5; wrong += 1)
      expect(refusalOf(await type(`link_wrong${wrong}`))).toBe('invalid_code');
    expect(refusalOf(await type(code))).toBe('too_many_codes');
    passed += 10 * MINUTE - 1;
    expect(refusalOf(await type(code))).toBe('too_many_codes');
    passed += 1;
    unwrap(await type(code));
  });

  test('wrong link codes of one account do not lock out another account', async () => {
    const code = await make();
    for (let wrong = 0; wrong < 5; wrong += 1) await type('link_wrong', account('B'));
    unwrap(await type(code));
  });
});

describe('permission to create a link code', () => {
  test('an administrator can create a link code for every known person', async () => {
    const made = unwrap(
      await services.useCases.createLinkCode(services.admin, email.toUpperCase()),
    );
    expect(made.email).toBe(email);
    unwrap(await type(made.code));
    const unknown = await services.useCases.createLinkCode(services.admin, 'nobody@example.com');
    expect(refusalOf(unknown)).toBe('not_found');
  });

  test('other callers cannot create a link code for another person', async () => {
    const { createLinkCode } = services.useCases;
    const answer = await createLinkCode(owner.caller, 'admin@example.com');
    expect(refusalOf(answer)).toBe('not_allowed');
  });

  test('a human key without the right to decide cannot get it by a link code for its owner', async () => {
    const { createLinkCode } = services.useCases;
    const narrow = await services.key(`narrow-${count}`, 'human', email, ['access:request']);
    expect(refusalOf(await createLinkCode(narrow.caller))).toBe('not_allowed');
    expect(refusalOf(await createLinkCode(narrow.caller, email))).toBe('not_allowed');
  });

  test('an agent key cannot create a link code for its owner', async () => {
    const agent = await services.agent(`agent-${count}`, email);
    const { createLinkCode } = services.useCases;
    expect(refusalOf(await createLinkCode(agent.caller))).toBe('not_allowed');
    expect(refusalOf(await createLinkCode(agent.caller, email))).toBe('not_allowed');
  });
});
