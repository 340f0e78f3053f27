/** The database itself refuses states that the domain does not have. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLASS_SCOPES } from '../../src/domain/rights.js';
import {
  APPROVAL_STATUSES,
  ENTRY_POINTS,
  KEY_CLASSES,
  OPERATIONS,
  ROLES,
  SCOPES,
  VERDICTS,
} from '../../src/domain/vocabulary.js';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { attempt, CHECK, type Change, FOREIGN_KEY, tryCopy, UNIQUE } from './scene.js';

const NEW = { appr: `appr_${'0'.repeat(22)}`, grnt: `grnt_${'0'.repeat(22)}` };
const LATER = new Date(Date.now() + 30 * 86_400_000).toISOString();

let services: Services;
beforeAll(async () => {
  services = await buildServices();
  await services.policy({ maxUses: 2 });
  await services.secret();
  const { caller } = await services.agent();
  await services.key('robot', 'service', 'bob@example.com');
  const alice = await services.decider('alice@example.com');
  const decide = async (verdict: 'approve' | 'deny', duration: number) => {
    const { id } = await services.ask(caller, { duration });
    unwrap(await services.useCases.decide(alice, { approval: id, verdict, reason: 'because' }));
  };
  await decide('deny', 600_000);
  unwrap(
    await services.useCases.cancelRequest(
      caller,
      (await services.ask(caller, { duration: 660_000 })).id,
    ),
  );
  await services.ask(caller, { duration: 720_000 });
  await services.database.dataSource.query(
    'update approval set expires_at = clock_timestamp() where duration_ms = 720000',
  );
  await services.useCases.expireApprovals();
  await services.ask(caller, { duration: 780_000 });
  await decide('approve', 3_600_000);
});
afterAll(() => services.close());

const update = (statement: string) => attempt(services.database.dataSource, `update ${statement}`);
const copyGrant = (change: Change) =>
  tryCopy(services, 'access_grant', 'true', { id: NEW.grnt, ...change });
const copyApproval = (status: string, change: Change) =>
  tryCopy(services, 'approval', `status = '${status}'`, {
    id: NEW.appr,
    duration_ms: 3_540_000,
    ...change,
  });
const copyKey = (keyClass: string, change: Change) =>
  tryCopy(
    services,
    'api_key',
    `class = '${keyClass}' and hint is not null and created_at = (select max(created_at) from api_key where class = '${keyClass}')`,
    {
      id: '0000000000',
      hash: `\\x${'00'.repeat(32)}`,
      ...change,
    },
  );

describe('keys', () => {
  test.each(KEY_CLASSES)('of class %s can hold every scope of the class', async (keyClass) => {
    expect(await copyKey(keyClass, { scopes: CLASS_SCOPES[keyClass] })).toBe('none');
  });

  const beyond = KEY_CLASSES.flatMap((keyClass) =>
    SCOPES.filter((scope) => !CLASS_SCOPES[keyClass].includes(scope)).map((scope) => ({
      keyClass,
      scope,
    })),
  );
  test.each(beyond)('of class $keyClass can never hold $scope', async ({ keyClass, scope }) => {
    expect(await copyKey(keyClass, { scopes: [scope] })).toBe(CHECK);
    expect(await copyKey(keyClass, { scopes: ['audit:read', scope] })).toBe(CHECK);
    expect(
      await update(`api_key set scopes = scopes || '${scope}'::text where class = '${keyClass}'`),
    ).toBe(CHECK);
  });

  test('of people hold no unknown scope, and every key holds at least one scope', async () => {
    expect(await copyKey('human', { scopes: ['secrets:read'] })).toBe(CHECK);
    expect(await copyKey('human', { scopes: [] })).toBe(CHECK);
  });

  test('have the class of their principal, and that class cannot change', async () => {
    expect(await copyKey('agent', { class: 'human', scopes: ['approvals:decide'] })).toBe(
      FOREIGN_KEY,
    );
    expect(await update(`principal set class = 'human' where class = 'agent'`)).toBe(FOREIGN_KEY);
    expect(await update(`api_key set class = 'human' where class = 'agent'`)).toBe(FOREIGN_KEY);
  });
});

describe('grants', () => {
  test.each(APPROVAL_STATUSES.filter((status) => status !== 'approved'))(
    'cannot belong to an approval that is %s',
    async (status) => {
      const { dataSource } = services.database;
      const [{ id }] = await dataSource.query('select id from approval where status = $1', [
        status,
      ]);
      expect(await copyGrant({ approval_id: id })).toBe(FOREIGN_KEY);
      expect(await copyGrant({ approval_id: id, approval_status: status })).toBe(CHECK);
    },
  );

  test('are at most one for each approval', async () => {
    expect(await copyGrant({})).toBe(UNIQUE);
  });

  test('keep their approval approved', async () => {
    const denied = `status = 'denied', granted_ms = null, granted_resources = null, decision_reason = 'no'`;
    expect(await update(`approval set ${denied} where status = 'approved'`)).toBe(FOREIGN_KEY);
    expect(
      await attempt(services.database.dataSource, `delete from approval where status = 'approved'`),
    ).toBe(FOREIGN_KEY);
  });

  test.each([
    [`ends_at = starts_at + interval '7 days'`, 'none'],
    [`ends_at = starts_at + interval '7 days 1 microsecond'`, CHECK],
    [`ends_at = 'infinity'`, CHECK],
    ['ends_at = starts_at', CHECK],
    [`ends_at = starts_at - interval '1 second'`, CHECK],
    ['ends_at = null', '23502'],
    ['uses = 2', 'none'],
    ['uses = 3', CHECK],
    ['uses = -1', CHECK],
    ['max_uses = 0', CHECK],
    [`ended_how = 'revoked'`, CHECK],
    ['ended_at = clock_timestamp()', CHECK],
    [`ended_how = 'forgotten', ended_at = clock_timestamp()`, CHECK],
    [`ended_how = 'released', ended_at = clock_timestamp()`, 'none'],
    [`resources = '{}'`, CHECK],
    [`resources = array_fill('a'::text, array[21])`, CHECK],
    [`digest = 'D'`, CHECK],
  ])('where %s: %s', async (change, state) => {
    expect(await update(`access_grant set ${change}`)).toBe(state);
  });
});

describe('approvals', () => {
  test.each<[string, Change, string]>([
    ['pending', {}, 'none'],
    ['pending', { settled_at: LATER }, CHECK],
    ['pending', { granted_ms: 60_000 }, CHECK],
    ['approved', {}, CHECK], // Granted for longer than requested.
    ['approved', { duration_ms: 7_200_000 }, 'none'],
    ['approved', { granted_ms: null }, CHECK],
    ['approved', { settled_at: null, granted_ms: 60_000 }, CHECK],
    ['denied', {}, 'none'],
    ['denied', { settled_at: null }, CHECK],
    ['denied', { settled_by: null }, CHECK],
    ['denied', { decision_reason: null }, CHECK],
    ['denied', { granted_ms: 60_000 }, CHECK],
    ['expired', {}, 'none'],
    ['expired', { settled_at: null }, CHECK],
    ['cancelled', { settled_at: null }, CHECK],
    ['pending', { expires_at: '2020-01-01' }, CHECK],
    ['pending', { expires_at: null }, '23502'],
    ['pending', { duration_ms: 604_800_001 }, CHECK],
    ['pending', { duration_ms: 59_999 }, CHECK],
    ['pending', { reason: 'x'.repeat(2000) }, 'none'],
    ['pending', { reason: '\u{1F511}'.repeat(2000) }, 'none'],
    ['pending', { reason: 'x'.repeat(2001) }, CHECK],
    ['denied', { decision_reason: 'x'.repeat(2001) }, CHECK],
    ['pending', { resources: [] }, CHECK],
    ['pending', { digest: '' }, CHECK],
    ['pending', { asked: 0 }, CHECK],
    ['pending', { duration_ms: 780_000 }, UNIQUE],
  ])('%s with %j: %s', async (status, change, state) => {
    expect(await copyApproval(status, change)).toBe(state);
  });
});

describe("the allowed values in the database are the domain's values", () => {
  test.each([
    ['person', 'role', ROLES],
    ['approval', 'operation', OPERATIONS],
    ['access_grant', 'operation', OPERATIONS],
    ['vote', 'verdict', VERDICTS],
    ['vote', 'door', ENTRY_POINTS],
  ] as const)('%s.%s', async (table, column, words) => {
    for (const word of words)
      expect(await update(`${table} set ${column} = '${word}'`)).toBe('none');
    for (const word of ['', 'root', words[0].toUpperCase(), `${words[0]} `])
      expect(await update(`${table} set ${column} = '${word}'`)).toBe(CHECK);
  });

  test.each([
    ['permissions', OPERATIONS],
    ['decide_from', ENTRY_POINTS],
  ] as const)('policy.%s', async (column, words) => {
    const array = (all: readonly string[]) => `policy set ${column} = '{${all.join(',')}}'`;
    expect(await update(array(words))).toBe('none');
    expect(await update(array([...words, 'other']))).toBe(CHECK);
  });

  test('approval.status', async () => {
    expect(await copyApproval('expired', { status: 'lapsed' })).toBe(CHECK);
    expect(await copyApproval('expired', { status: 'cancelled' })).toBe('none');
  });
});

describe('names', () => {
  test('of keys that differ only in case are the same name', async () => {
    const id = `prin_${'0'.repeat(22)}`;
    for (const name of ['claude-desktop', 'Claude-Desktop', 'CLAUDE-DESKTOP'])
      expect(await tryCopy(services, 'principal', `name = 'claude-desktop'`, { id, name })).toBe(
        UNIQUE,
      );
    for (const name of ['', '-x', 'a b', 'a\nb', 'cl\u0430ude', 'x'.repeat(129)])
      expect(await tryCopy(services, 'principal', `name = 'claude-desktop'`, { id, name })).toBe(
        CHECK,
      );
  });

  test('of secrets that differ only in case are the same name', async () => {
    const id = `scrt_${'0'.repeat(22)}`;
    for (const path of ['Production/DATABASE_URL', 'production/database_url'])
      expect(
        await tryCopy(services, 'secret', 'true', { id, path: `vsecure://secrets/${path}` }),
      ).toBe(UNIQUE);
    expect(await tryCopy(services, 'secret', 'true', { id, path: 'vsecure://audit' })).toBe(CHECK);
  });

  test('of people are in lower case', async () => {
    const change = { id: `prsn_${'0'.repeat(22)}`, email: 'Zoe@example.com' };
    expect(await tryCopy(services, 'person', `role = 'admin'`, change)).toBe(CHECK);
  });
});

test('a person votes once, and there is one installation with one chain', async () => {
  expect(await tryCopy(services, 'vote', 'true', { verdict: 'deny', door: 'api' })).toBe(UNIQUE);
  expect(await tryCopy(services, 'installation', 'true', {})).toBe(UNIQUE);
  expect(await tryCopy(services, 'installation', 'true', { only_one: false })).toBe(CHECK);
  expect(await tryCopy(services, 'audit_head', 'true', {})).toBe(UNIQUE);
});
