/** What a tool can do to secrets under a grant to write or delete, and what it can never learn by it. */

import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Result } from '../../src/domain/result.js';
import type { Caller } from '../../src/domain/rights.js';
import type { SecretChange } from '../../src/domain/secret.js';
import { sqlIn, sqlOn } from '../../src/store/sql.js';
import type { WriteInput } from '../../src/usecases/secrets/change-secret.js';
import { findCanaries } from '../support/canary.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildServices, refusalOf, type Services, unwrap } from '../support/services.js';
import { until } from '../support/until.js';
import { refusalsDuring } from './expect-refusal.js';
import { approvedGrant, endIn, hasEnded, untilEnded } from './short-grants.js';

const STAGING = 'vsecure://secrets/staging/*';
const ALL = ['read', 'write', 'delete'] as const;
const path = (name: string) => `vsecure://secrets/staging/${name}`;

let services: Services;
let change: Services['useCases']['changeSecret'];
/** What the server made up, in the order in which it did. */
const tokens: string[] = [];

beforeAll(async () => {
  services = await buildServices({
    change: (parts) => ({
      ...parts,
      makeToken: (bytes) => {
        const token = parts.makeToken(bytes);
        tokens.push(token);
        return token;
      },
    }),
  });
  change = services.useCases.changeSecret;
  await services.policy({ permissions: ALL }, STAGING);
});
afterAll(async () => {
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  await services.close();
});

let agents = 0;
async function agentWith(...operations: (typeof ALL)[number][]): Promise<Caller> {
  agents += 1;
  const { caller } = await services.agent(`agent-${agents}`);
  for (const operation of operations)
    await approvedGrant(services, caller, { resources: [STAGING], operation });
  return caller;
}

const text = async (caller: Caller, resource: string, version?: number) => {
  const read = unwrap(await services.useCases.readSecret(caller, { resource, version }));
  return Buffer.from(read.value).toString();
};

describe('changes under an active grant', () => {
  test('a secret can be created, updated, rotated and deleted, and a reader sees each version', async () => {
    const caller = await agentWith(...ALL);
    const resource = path('LIFE');
    expect(unwrap(await change.create(caller, { resource, value: 'one' }))).toEqual({
      resource,
      version: 1,
      previousVersion: undefined,
    });
    expect(await text(caller, resource)).toBe('one');
    expect(
      unwrap(await change.update(caller, { resource, value: 'two', expectedVersion: 1 })),
    ).toEqual({ resource, version: 2, previousVersion: 1 });
    expect(unwrap(await change.rotate(caller, { resource, generate: { length: 64 } }))).toEqual({
      resource,
      version: 3,
      previousVersion: 2,
    });
    expect(await text(caller, resource)).toMatch(/^[\w-]{64}$/);
    expect(await text(caller, resource, 1)).toBe('one');
    expect(unwrap(await change.delete(caller, { resource }))).toEqual({ resource, version: 3 });
  });

  test('a deleted secret is not found, listed or readable, and gets a new version when created again', async () => {
    const caller = await agentWith(...ALL);
    const resource = path('GONE');
    unwrap(await change.create(caller, { resource, value: 'old' }));
    unwrap(await change.delete(caller, { resource }));
    for (const version of [undefined, 1])
      expect(refusalOf(await services.useCases.readSecret(caller, { resource, version }))).toBe(
        'not_found',
      );
    expect(refusalOf(await change.update(caller, { resource, value: 'new' }))).toBe('not_found');
    expect(refusalOf(await change.delete(caller, { resource }))).toBe('not_found');
    const { items } = unwrap(await services.useCases.listSecrets(services.admin, { limit: 200 }));
    expect(items.map((item) => item.path)).not.toContain(resource);

    expect(unwrap(await change.create(caller, { resource, value: 'new' }))).toMatchObject({
      version: 2,
    });
    expect(await text(caller, resource)).toBe('new');
    expect(refusalOf(await services.useCases.readSecret(caller, { resource, version: 1 }))).toBe(
      'not_found',
    );
  });

  test('an operator can write a deleted secret again, and delete it', async () => {
    const resource = path('OPERATED');
    await services.secret('first', resource);
    unwrap(await services.useCases.manageSecret.delete(services.admin, { resource }));
    expect(
      refusalOf(await services.useCases.manageSecret.delete(services.admin, { resource })),
    ).toBe('not_found');
    expect(await services.secret('second', resource)).toMatchObject({ version: 2 });
    expect(await text(await agentWith('read'), resource)).toBe('second');
  });

  test('a path that exists or differs only in case cannot be created', async () => {
    const caller = await agentWith(...ALL);
    const resource = path('TAKEN');
    unwrap(await change.create(caller, { resource, value: 'one' }));
    for (const taken of [resource, path('taken')])
      expect(refusalOf(await change.create(caller, { resource: taken, value: 'x' }))).toBe(
        'already_exists',
      );
    unwrap(await change.delete(caller, { resource }));
    expect(refusalOf(await change.create(caller, { resource: path('taken'), value: 'x' }))).toBe(
      'already_exists',
    );
  });

  test('a change that expects another version is refused and changes nothing', async () => {
    const caller = await agentWith(...ALL);
    const resource = path('EXPECTED');
    unwrap(await change.create(caller, { resource, value: 'one' }));
    const wish = { resource, value: 'two', expectedVersion: 7 };
    for (const one of [
      change.update(caller, wish),
      change.rotate(caller, wish),
      change.delete(caller, wish),
    ])
      expect(refusalOf(await one)).toBe('version_conflict');
    expect(await text(caller, resource)).toBe('one');
  });

  test('of twenty concurrent updates of the same version, one succeeds', async () => {
    const caller = await agentWith('write');
    const resource = path('RACE');
    unwrap(await change.create(caller, { resource, value: 'one' }));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        change.update(caller, { resource, value: `two-${at}`, expectedVersion: 1 }),
      ),
    );
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await services.store.secrets.find(resource)).toMatchObject({ version: 2 });
  });
});

describe('changes without an active grant', () => {
  const refusals = async (caller: Caller, resource: string) => [
    refusalOf(await change.create(caller, { resource, generate: {} })),
    refusalOf(await change.update(caller, { resource, generate: {} })),
    refusalOf(await change.rotate(caller, { resource, generate: {} })),
    refusalOf(await change.delete(caller, { resource })),
  ];

  test.each(['read', 'write', 'delete'] as const)(
    'a grant to %s opens nothing else',
    async (operation) => {
      const caller = await agentWith(operation);
      const resource = path(`ONLY_${operation}`);
      await services.secret('kept', resource);
      const writing =
        operation === 'write'
          ? ['already_exists', undefined, undefined]
          : Array(3).fill('approval_required');
      const answers = [
        await change.create(caller, { resource, generate: {} }),
        await change.update(caller, { resource, generate: {} }),
        await change.rotate(caller, { resource, generate: {} }),
        await change.delete(caller, { resource }),
      ];
      expect(answers.map((answer) => (answer.ok ? undefined : answer.refusal.code))).toEqual([
        ...writing,
        operation === 'delete' ? undefined : 'approval_required',
      ]);
      if (operation !== 'read')
        expect(refusalOf(await services.useCases.readSecret(caller, { resource }))).toBe(
          'approval_required',
        );
    },
  );

  test('another principal’s grant, an ended grant and a grant under an outdated policy allow no change', async () => {
    await agentWith(...ALL);
    const stranger = await agentWith();
    const resource = path('GUARDED');
    await services.secret('kept', resource);
    expect(await refusals(stranger, resource)).toEqual(Array(4).fill('approval_required'));

    const late = await agentWith();
    for (const operation of ['write', 'delete'] as const) {
      const grant = await approvedGrant(services, late, { resources: [STAGING], operation });
      await endIn(services, grant, 1);
      await untilEnded(services, grant);
    }
    expect(await refusals(late, resource)).toEqual(Array(4).fill('grant_ended'));

    const outruled = await agentWith('write', 'delete');
    await services.policy({ permissions: ALL }, resource);
    expect(await refusals(outruled, resource)).toEqual(Array(4).fill('not_permitted'));
    expect(await services.store.secrets.find(resource)).toMatchObject({ version: 1 });
  });

  test('refusals do not reveal whether a secret exists, and every attempt is recorded', async () => {
    const caller = await agentWith();
    const resource = path('EXISTS');
    await services.secret('kept', resource);
    const attempts = await refusalsDuring(services, 'use_refused', async () => {
      expect(await refusals(caller, resource)).toEqual(await refusals(caller, path('EXISTS_NOT')));
    });
    expect(attempts).toHaveLength(8);
    for (const attempt of attempts)
      expect(attempt).toMatchObject({ refusal: 'approval_required', actor: caller.principal.name });
  });

  test('a refused change leaves no use, no secret and no used idempotency key', async () => {
    const { caller } = await services.agent('refused-agent');
    const resource = path('LEFT_BEHIND');
    const grant = await approvedGrant(services, caller, {
      resources: [STAGING],
      operation: 'write',
    });
    const wish = { resource, value: 'x', idempotencyKey: 'one' };
    expect(refusalOf(await change.update(caller, wish))).toBe('not_found');
    expect(await services.store.grants.find(grant)).toMatchObject({ uses: 0 });
    unwrap(await change.create(caller, wish));
    expect(await services.store.grants.find(grant)).toMatchObject({ uses: 1 });
  });
});

test('a grant with three uses allows three of twenty concurrent changes', async () => {
  const uri = 'vsecure://secrets/counted/*';
  await services.policy({ permissions: ALL, maxUses: 3 }, uri);
  const { caller } = await services.agent('counted-agent');
  const grant = await approvedGrant(services, caller, { resources: [uri], operation: 'write' });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, at) =>
      change.create(caller, { resource: `vsecure://secrets/counted/N${at}`, generate: {} }),
    ),
  );
  const codes = answers.map((answer) => (answer.ok ? 'done' : answer.refusal.code));
  expect(codes.sort()).toEqual([...Array(3).fill('done'), ...Array(17).fill('grant_ended')]);
  expect(await services.store.grants.find(grant)).toMatchObject({ uses: 3, status: 'used_up' });
});

test('a change that waits for its grant’s lock until after the grant’s end is refused', async () => {
  const { caller } = await services.agent('waiting-agent');
  const resource = path('WAITED');
  const grant = await approvedGrant(services, caller, { resources: [STAGING], operation: 'write' });
  await endIn(services, grant, 1_500);
  const { dataSource } = services.database;
  const waiting = await dataSource.transaction(async (manager) => {
    await sqlIn(manager)('select 1 from access_grant where id = $1 for update', [grant]);
    const answer = change.create(caller, { resource, generate: {} });
    await until('the change to wait for the row', async () => {
      const locked = await sqlOn(dataSource)(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      );
      return locked.length > 0;
    });
    expect(await hasEnded(services, grant)).toBe(false);
    await untilEnded(services, grant);
    return { answer };
  });
  expect(refusalOf(await waiting.answer)).toBe('grant_ended');
  expect(await services.store.secrets.find(resource)).toBeUndefined();
});

describe('a change under an idempotency key', () => {
  test('twenty concurrent changes under one idempotency key make one change and get the same answer', async () => {
    const caller = await agentWith('write');
    const resource = path('ONCE');
    const wish = { resource, generate: {}, idempotencyKey: 'key-1' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => change.create(caller, wish)),
    );
    for (const answer of answers) expect(unwrap(answer)).toMatchObject({ resource, version: 1 });
    expect(await services.store.secrets.find(resource)).toMatchObject({ version: 1 });
    const [grant] = (
      await services.store.grants.list({ principal: caller.principal.id }, { limit: 9 })
    ).items;
    expect(grant?.uses).toBe(1);
  });

  test('an idempotency key is separate for each change and each principal', async () => {
    const [one, other] = [await agentWith('write', 'delete'), await agentWith('write')];
    const wish = { resource: path('MINE'), value: 'v', idempotencyKey: 'key-2' };
    unwrap(await change.create(one, wish));
    const others: WriteInput[] = [
      { ...wish, value: 'w' },
      { ...wish, resource: path('OTHER') },
      { ...wish, value: undefined, generate: {} },
    ];
    for (const different of others)
      expect(refusalOf(await change.create(one, different))).toBe('idempotency_mismatch');
    expect(refusalOf(await change.update(one, wish))).toBe('idempotency_mismatch');
    expect(refusalOf(await change.delete(one, wish))).toBe('idempotency_mismatch');
    expect(unwrap(await change.update(other, wish))).toMatchObject({ version: 2 });
  });

  test('an idempotency key is stored for seven days', async () => {
    const caller = await agentWith('write');
    const resource = path('WEEK');
    const aged = (days: number) =>
      services.database.dataSource.query(
        `update kept_answer set created_at = clock_timestamp() - make_interval(days => $2) where principal_id = $1`,
        [caller.principal.id, days],
      );
    unwrap(await change.create(caller, { resource, value: 'v', idempotencyKey: 'k' }));
    await aged(6);
    await services.useCases.deleteOldAnswers();
    const update = { resource, value: 'w', idempotencyKey: 'k' };
    expect(refusalOf(await change.update(caller, update))).toBe('idempotency_mismatch');
    await aged(8);
    expect(await services.useCases.deleteOldAnswers()).toBe(1);
    expect(unwrap(await change.update(caller, update))).toMatchObject({ version: 2 });
  });
});

test('without value and generate, the refusal contains the command for a person, and the store is not read', async () => {
  const caller = await agentWith();
  for (const [resource, command, generate] of [
    [path('X'), 'vsecure secrets:set staging/X', true],
    ['vsecure://templates/a/b', 'vsecure secrets:set --template a/b', false],
  ] as const)
    expect(await change.create(caller, { resource })).toEqual({
      ok: false,
      refusal: { code: 'needs_value', command, generate },
    });
  const both = { resource: path('X'), value: 'v', generate: {} };
  expect(refusalOf(await change.create(caller, both))).toBe('invalid_input');
});

test('no answer under a write grant contains a value, and no value is stored in plain text', async () => {
  const caller = await agentWith('write', 'delete');
  const given: string[] = [];
  const said: string[] = [];
  const names = ['P', 'Q'].map(path);
  const wish = fc.record({
    resource: fc.constantFrom(...names),
    value: fc.constantFrom('given', undefined),
    generate: fc.constantFrom(undefined, {}, { length: 22 }, { length: 100 }),
    expectedVersion: fc.constantFrom(undefined, 1, 2, 3),
    idempotencyKey: fc.constantFrom(undefined, 'a', 'b'),
  });
  const action = fc.constantFrom('create', 'update', 'rotate', 'delete', 'read');
  const step = async (verb: string, { value, ...rest }: WriteInput) => {
    const canary = value && randomBytes(24).toString('base64url');
    if (canary) given.push(canary);
    if (verb === 'read') {
      const read = await services.useCases.readSecret(caller, { resource: rest.resource });
      expect(refusalOf(read)).toBe('approval_required');
      return;
    }
    const answer: Result<SecretChange> = await change[verb as 'create'](caller, {
      ...rest,
      value: canary,
    });
    said.push(inspect(answer, { depth: 10 }));
    if (answer.ok)
      expect(['resource', 'version', 'previousVersion']).toEqual(
        expect.arrayContaining(Object.keys(answer.value)),
      );
  };
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(action, wish), { maxLength: 12 }), async (steps) => {
      for (const [verb, one] of steps) await step(verb, one);
    }),
    { numRuns: 25 },
  );
  const values = [...given, ...tokens].map((value) => value.slice(0, 22));
  expect(values.length).toBeGreaterThan(20);
  const { dataSource } = services.database;
  expect(await findCanaries({ texts: { answers: said.join('\n') }, dataSource }, values)).toEqual(
    [],
  );
});
