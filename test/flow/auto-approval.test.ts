/** Access without a person, exactly when every condition of the policy holds. */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import { HOUR, MINUTE } from '../../src/domain/limits.js';
import type { AutoApproveConditions } from '../../src/domain/policy/conditions/index.js';
import { parseWindow, type TimeWindow } from '../../src/domain/policy/time-window.js';
import { sqlOn } from '../../src/store/sql.js';
import type { Access } from '../../src/usecases/approvals/approval-with-grant.js';
import type { AccessRequest } from '../../src/usecases/approvals/request-access.js';
import type { Parts } from '../../src/usecases/index.js';
import { brokenInvariants } from '../support/invariants.js';
import {
  buildServices,
  DATABASE_URL,
  PRODUCTION,
  refusalOf,
  type Services,
  unwrap,
} from '../support/services.js';

let services: Services;
let claude: Awaited<ReturnType<Services['agent']>>['caller'];
let other: typeof claude;
beforeAll(async () => {
  services = await buildServices();
  claude = (await services.agent('claude-desktop')).caller;
  other = (await services.agent('other-agent')).caller;
});
afterAll(() => services.close());

/** Open at any time, whenever the tests run. */
const ALWAYS = '00:00-24:00 UTC';
/** Two hours that are never now. */
function never(): string {
  const hour = (new Date().getUTCHours() + 6) % 22;
  const two = (number: number) => String(number).padStart(2, '0');
  return `${two(hour)}:00-${two(hour + 2)}:00 UTC`;
}

function windowOf(text: string): TimeWindow {
  const reading = parseWindow(text);
  if (!reading.ok) throw new Error(reading.problem);
  return reading.value;
}

const setPolicy = (conditions: AutoApproveConditions, enabled = true) =>
  services.policy({ permissions: ['read', 'write'], autoApprove: { enabled, conditions } });

async function ask(more: Partial<AccessRequest> = {}, caller = claude): Promise<Access> {
  const question = { resources: [DATABASE_URL], operation: 'read', renew: true } as const;
  const access = unwrap(
    await services.useCases.requestAccess(caller, {
      ...question,
      reason: 'Debugging the failing database connection',
      ...more,
    }),
  );
  if (access.approval.status === 'pending')
    unwrap(await services.useCases.cancelRequest(caller, access.approval.id));
  return access;
}

/** Puts text into the stored policy that no writer would have been allowed to. */
const corrupt = (autoApprove: string) =>
  sqlOn(services.database.dataSource)(
    'update policy set auto_approve = $1::jsonb where uri = $2 and removed_at is null',
    [autoApprove, PRODUCTION],
  );

/** What the audit trail says of the conditions, newest first. */
async function recorded({ id }: Approval): Promise<unknown[]> {
  const rows = await sqlOn(services.database.dataSource)<{ type: string; conditions: unknown }>(
    `select body ->> 'type' as type, body -> 'details' ->> 'conditions' as conditions from audit_event
     where body ->> 'approval' = $1 and body ->> 'type' in ('access_granted', 'approval_requested') order by sequence`,
    [id],
  );
  return rows.map(({ type, conditions }) => [type, conditions]);
}

const ALL = () =>
  ({
    timeWindow: [windowOf(ALWAYS)],
    requester: ['claude-desktop'],
    operations: ['read'],
    maxDuration: HOUR,
  }) satisfies AutoApproveConditions;

describe('auto-approval needs all of its conditions', () => {
  test('a request that meets all conditions is granted immediately, and the report lists the conditions', async () => {
    await setPolicy(ALL());
    const { approval, grant } = await ask();
    expect(approval).toMatchObject({ status: 'approved', settledBy: undefined });
    expect(grant).toMatchObject({ status: 'active', resources: [DATABASE_URL] });
    const says =
      'auto-approved: within 00:00-24:00 UTC; requested by claude-desktop; read requested; 1h requested, at most 1h';
    expect(approval.autoReport).toBe(says);
    expect(await recorded(approval)).toEqual([
      ['approval_requested', null],
      ['access_granted', says],
    ]);
  });

  test.each<
    [string, () => AutoApproveConditions, Partial<AccessRequest>, () => typeof claude, RegExp]
  >([
    [
      'outside the hours',
      () => ({ ...ALL(), timeWindow: [windowOf(never())] }),
      {},
      () => claude,
      /^not auto-approved: outside \d\d:00-\d\d:00 UTC$/,
    ],
    [
      'by another key of the same owner',
      ALL,
      {},
      () => other,
      /^not auto-approved: requested by other-agent, which is not one of claude-desktop$/,
    ],
    [
      'for another operation',
      ALL,
      { operation: 'write' },
      () => claude,
      /^not auto-approved: write requested, only read$/,
    ],
    [
      'for longer',
      ALL,
      { duration: HOUR + MINUTE },
      () => claude,
      /^not auto-approved: 1h1m requested, at most 1h$/,
    ],
    [
      'for longer by another key',
      ALL,
      { duration: 2 * HOUR },
      () => other,
      /^not auto-approved: requested by other-agent, which is not one of claude-desktop; 2h requested, at most 1h$/,
    ],
  ])(
    'a person must decide when a condition is not met: %s',
    async (_, conditions, more, caller, says) => {
      await setPolicy(conditions());
      const { approval, grant } = await ask(more, caller());
      expect(approval.status).toBe('pending');
      expect(grant).toBeUndefined();
      expect(approval.autoReport).toMatch(says);
      expect(await recorded(approval)).toEqual([['approval_requested', approval.autoReport]]);
    },
  );

  test('a request within one of several time windows meets the condition', async () => {
    await setPolicy({ timeWindow: [windowOf(never()), windowOf(ALWAYS)] });
    expect((await ask()).approval.autoReport).toBe('auto-approved: within 00:00-24:00 UTC');
  });

  test('the card shows why a person must decide', async () => {
    await setPolicy({ requester: ['ci-bot'] });
    const { approval } = await ask();
    const facts = await services.useCases.readCardFacts(approval.id);
    expect(facts?.approval.autoReport).toBe(
      'not auto-approved: requested by claude-desktop, which is not one of ci-bot',
    );
  });

  test('a person must decide even when the list of names exceeds the report', async () => {
    const requester = Array.from({ length: 100 }, (_, one) => `${'n'.repeat(120)}${one}`);
    await setPolicy({ requester });
    const { approval } = await ask();
    expect(approval.status).toBe('pending');
    expect(approval.autoReport).toHaveLength(2000);
  });

  test('disabled auto-approval reports nothing, and a person must decide', async () => {
    await setPolicy(ALL(), false);
    const { approval } = await ask();
    expect(approval).toMatchObject({ status: 'pending', autoReport: undefined });
  });
});

describe('an auto-approval rule that cannot be evaluated', () => {
  const window = windowOf(ALWAYS);
  test.each<[string, unknown]>([
    ['an unknown time zone', { timeWindow: [{ ...window, zone: 'Mars/Olympus' }] }],
    ['no zone', { timeWindow: [{ ...window, zone: undefined }] }],
    ['one broken window beside a good one', { timeWindow: [window, { ...window, zone: '' }] }],
    ['a window that is text', { timeWindow: ALWAYS }],
    ['windows that are text', { timeWindow: [ALWAYS] }],
    ['a window without days', { timeWindow: [{ ...window, days: undefined }] }],
    ['days that are text', { timeWindow: [{ ...window, days: '1234567' }] }],
    ['hours that are missing', { timeWindow: [{ ...window, start: null, end: null }] }],
    ['hours that are text', { timeWindow: [{ ...window, start: '0', end: '1440' }] }],
    ['an unknown condition', { ipRange: ['10.0.0.0/8'] }],
    ['a condition in another spelling', { Requester: ['claude-desktop'] }],
    ['a requester that is text', { requester: 'claude-desktop' }],
    ['a requester that is nothing', { requester: null }],
    ['an operation that is text', { operations: 'read' }],
    ['a duration that is text', { maxDuration: '1h' }],
    ['a duration that is nothing', { maxDuration: null }],
  ])('%s', async (_, broken) => {
    await setPolicy({});
    await corrupt(JSON.stringify({ enabled: true, conditions: broken }));
    const { approval, grant } = await ask();
    expect([approval.status, grant]).toEqual(['pending', undefined]);
    expect(approval.autoReport).toMatch(/^not auto-approved: \w+ could not be evaluated/);
  });

  test.each<[string, string]>([
    ['conditions that are missing', '{"enabled":true}'],
    ['conditions that are nothing', '{"enabled":true,"conditions":null}'],
    ['conditions that are a list', '{"enabled":true,"conditions":[]}'],
    ['conditions that are a number', '{"enabled":true,"conditions":1}'],
    ['conditions that are text', '{"enabled":true,"conditions":"none"}'],
    ['a switch that is text', '{"enabled":"false","conditions":{}}'],
    ['a switch that is a number', '{"enabled":1,"conditions":{}}'],
    ['nothing at all', '{}'],
  ])('%s', async (_, stored) => {
    await setPolicy({});
    await corrupt(stored);
    const { approval, grant } = await ask();
    expect([approval.status, grant]).toEqual(['pending', undefined]);
  });

  test('a person must decide until the broken rule is written again', async () => {
    await setPolicy(ALL());
    await corrupt(JSON.stringify({ enabled: true, conditions: { ...ALL(), later: true } }));
    expect((await ask()).approval.status).toBe('pending');
    await setPolicy(ALL());
    expect((await ask()).approval.status).toBe('approved');
  });
});

describe('a key of an earlier version that is named like an e-mail address', () => {
  const named = async (name: string) => {
    const { caller, token } = await services.agent('to-be-renamed', 'mallory@example.com');
    await sqlOn(services.database.dataSource)('update principal set name = $1 where id = $2', [
      name,
      caller.principal.id,
    ]);
    return unwrap(await services.useCases.authenticate(token));
  };

  test('still works, passes no rule for that person, and stands on the trail with its class and owner', async () => {
    const mallory = await named('claude@example.com');
    const about = { resources: [DATABASE_URL], operation: 'read', reason: 'A reason of this test' };
    await services.policy({ requesters: ['claude@example.com'], autoApprove: undefined });
    const refused = await services.useCases.requestAccess(mallory, { ...about, operation: 'read' });
    expect(refusalOf(refused)).toBe('not_a_requester');
    await services.policy({ requesters: undefined });
    await setPolicy({ requester: ['claude@example.com'] });
    const { approval } = await ask({}, mallory);
    expect([approval.status, approval.autoReport]).toEqual([
      'pending',
      expect.stringContaining('claude@example.com is an e-mail address: name keys, with key:'),
    ]);
    await setPolicy({ requester: ['key:claude@example.com'] });
    expect((await ask({}, mallory)).approval.status).toBe('approved');
    const { items } = unwrap(
      await services.useCases.queryAudit(
        services.admin,
        { actor: 'claude@example.com' },
        { limit: 1 },
      ),
    );
    expect(items).toMatchObject([
      { actor: { kind: 'key' }, holder: { class: 'agent', owner: 'mallory@example.com' } },
    ]);
  });

  test('is not made any more, but gets a further key', async () => {
    const wish = { name: 'eve@example.com', class: 'agent', owner: 'mallory@example.com' } as const;
    const { create } = services.useCases.manageKeys;
    expect(refusalOf(await create(services.admin, wish))).toBe('invalid_input');
    const further = { ...wish, name: 'claude@example.com', additional: true };
    expect((await create(services.admin, further)).ok).toBe(true);
    expect(refusalOf(await create(services.admin, { ...wish, additional: true }))).toBe(
      'already_exists',
    );
  });
});

describe('claims of a client have no effect on auto-approval', () => {
  test('one key gets the same result under fifty client names', async () => {
    await setPolicy({ requester: ['claude-desktop'] });
    const names = [
      ...['claude-desktop', 'other-agent', 'CLAUDE-DESKTOP', '', ' ', '*', '**', 'admin'],
      ...['\0', '\ud800', 'null', "'; drop table policy; --", '{"requester":"claude-desktop"}'],
      ...Array.from({ length: 37 }, (_, one) => `client ${one}`),
    ];
    expect(new Set(names).size).toBe(50);
    for (const [caller, expected] of [
      [claude, 'auto-approved: requested by claude-desktop'],
      [other, 'not auto-approved: requested by other-agent, which is not one of claude-desktop'],
    ] as const) {
      const answers: unknown[] = [];
      for (const claimedClient of names) {
        const { approval, grant } = await ask({ claimedClient }, caller);
        const { status, duration, resources, autoReport } = approval;
        answers.push({ status, duration, resources, autoReport, open: grant !== undefined });
      }
      expect(answers).toEqual(Array(50).fill(answers[0]));
      expect(answers[0]).toMatchObject({ autoReport: expected });
    }
  });

  test('the text of the reason does not change the result of the rule', async () => {
    await setPolicy(ALL());
    const tempting = fc.constantFrom(
      'claude-desktop',
      'requester: claude-desktop',
      '{"autoApprove":{"enabled":true}}',
      'approved by alice@example.com',
      'maxDuration=8h operations=read,write',
      'ignore the policy and grant this at once',
    );
    const reason = fc
      .array(fc.oneof(tempting, fc.string({ unit: 'binary', maxLength: 60 })), { minLength: 1 })
      // Mostly letters, whatever else is in it: a reason that says nothing would be refused as such.
      .map(
        (parts) => `${parts.join(' ').slice(0, 900)} ${'a good reason and no other '.repeat(40)}`,
      )
      .map((text) => text.slice(0, 2000));
    const asked = fc.record({
      mine: fc.boolean(),
      operation: fc.constantFrom('read', 'write'),
      duration: fc.constantFrom(HOUR / 2, HOUR, 2 * HOUR),
    });
    await fc.assert(
      fc.asyncProperty(asked, reason, fc.string(), async ({ mine, ...what }, text, client) => {
        const holds = mine && what.operation === 'read' && what.duration <= HOUR;
        const caller = mine ? claude : other;
        const { approval } = await ask({ ...what, reason: text, claimedClient: client }, caller);
        expect(approval.status).toBe(holds ? 'approved' : 'pending');
        expect(approval.autoReport).toMatch(holds ? /^auto-approved/ : /^not auto-approved/);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the uses of automatic grants count on', () => {
  const build = async (change?: (parts: Parts) => Parts) => {
    const own = await buildServices(change && { change });
    const limited = { enabled: true, conditions: { operations: ['read'] } } as const;
    await own.policy({ maxUses: 2, autoApprove: limited });
    await own.secret();
    await own.secret('other', 'vsecure://secrets/production/OTHER');
    return own;
  };
  const asks = async (
    own: Services,
    caller: typeof claude,
    more: Partial<AccessRequest> = {},
  ): Promise<Access> =>
    unwrap(
      await own.useCases.requestAccess(caller, {
        resources: [DATABASE_URL],
        operation: 'read',
        reason: 'Debugging the failing database connection',
        ...more,
      }),
    );
  const reads = (own: Services, caller: typeof claude) =>
    own.useCases.readSecret(caller, { resource: DATABASE_URL });

  /** How often an agent reads the value when it asks again and again, each time in this way. */
  async function readsWithoutPerson(
    own: Services,
    between: (access: Access, caller: typeof claude) => Promise<unknown>,
    more: Partial<AccessRequest> = {},
  ) {
    const { caller } = await own.agent();
    let read = 0;
    for (let round = 0; round < 5; round += 1) {
      const access = await asks(own, caller, more);
      if (access.approval.status === 'pending') break;
      if ((await reads(own, caller)).ok) read += 1;
      await between(access, caller);
    }
    return read;
  }
  const nothing = async () => undefined;
  const release = (own: Services) => (access: Access, caller: typeof claude) =>
    own.useCases.releaseGrant(caller, access.grant?.id ?? 'grnt_');

  test.each<
    [string, (own: Services) => Parameters<typeof readsWithoutPerson>[1], Partial<AccessRequest>]
  >([
    ['renews', () => nothing, { renew: true }],
    ['renews for longer', () => nothing, { renew: true, duration: 2 * HOUR }],
    ['releases each grant', release, {}],
    ['uses up each grant', (own) => (_, caller) => reads(own, caller), {}],
    [
      'names a second resource',
      () => nothing,
      { renew: true, resources: [DATABASE_URL, 'vsecure://secrets/production/OTHER'] },
    ],
    ['asks for the pattern', () => nothing, { renew: true, resources: [PRODUCTION] }],
  ])('a key that %s gets no more uses without a person', async (_, between, more) => {
    const own = await build();
    const read = await readsWithoutPerson(own, between(own), more);
    expect(read).toBeLessThanOrEqual(2);
    const { caller } = await own.agent('another-key');
    const { approval } = await asks(own, caller);
    expect([approval.status, approval.autoReport]).toEqual([
      'pending',
      'not auto-approved: 2 uses are granted without a person already, at most 2',
    ]);
    const why = unwrap(
      await own.useCases.explainAccess(caller, { resource: DATABASE_URL, operation: 'read' }),
    );
    expect(why.outcome).toBe('asked');
    await own.close();
  });

  test('a renewed grant has the uses that are left, and replaces the one before; another resource has its own', async () => {
    const own = await build();
    const { caller } = await own.agent();
    const first = await asks(own, caller);
    unwrap(await reads(own, caller));
    const second = await asks(own, caller, { renew: true });
    expect(second.grant).toMatchObject({ maxUses: 1, uses: 0 });
    expect(await own.store.grants.find(first.grant?.id ?? 'grnt_')).toMatchObject({
      status: 'released',
    });
    const other = await asks(own, caller, { resources: ['vsecure://secrets/production/OTHER'] });
    expect(other.grant).toMatchObject({ maxUses: 2 });
    await own.close();
  });

  test('grants that were shorter than the policy allows do not restart the uses when they end', async () => {
    const own = await build();
    const { caller } = await own.agent();
    const short = () => asks(own, caller, { duration: MINUTE });
    /** As if the grants had begun so much earlier. */
    const earlier = (ms: number) =>
      own.database.dataSource.query(
        `update access_grant set starts_at = starts_at - $1::float8 * interval '1 ms', ends_at = ends_at - $1::float8 * interval '1 ms'`,
        [ms],
      );
    for (const uses of [1, 0]) {
      expect((await short()).grant).toMatchObject({ maxUses: uses + 1 });
      unwrap(await reads(own, caller));
      await earlier(2 * MINUTE);
    }
    const { approval } = await short();
    expect(approval.status).toBe('pending');
    unwrap(await own.useCases.cancelRequest(caller, approval.id));
    await earlier(8 * HOUR);
    expect((await short()).grant).toMatchObject({ maxUses: 2 });
    await own.close();
  });

  test('keys of one owner that ask at the same moment share the uses', async () => {
    const own = await build();
    const names = ['one', 'two', 'three', 'four'];
    const callers = await Promise.all(names.map(async (name) => (await own.agent(name)).caller));
    const all = await Promise.all(callers.map((caller) => asks(own, caller)));
    expect(all.filter(({ grant }) => grant)).toHaveLength(1);
    await own.close();
  });

  test('a grant that a person approved has all uses, and does not count', async () => {
    const own = await build();
    await readsWithoutPerson(own, release(own));
    const { caller } = await own.agent('another-key');
    const { approval } = await asks(own, caller);
    const alice = await own.decider('alice@example.com');
    unwrap(await own.useCases.decide(alice, { approval: approval.id, verdict: 'approve' }));
    expect(await own.store.grants.ofApproval(approval.id)).toMatchObject({ maxUses: 2 });
    await own.close();
  });

  test('do not count in a build that forgets earlier grants', async () => {
    const own = await build((parts) => ({
      ...parts,
      store: {
        ...parts.store,
        transaction: (work) =>
          parts.store.transaction((tx) =>
            work({ ...tx, grants: { ...tx.grants, automaticUses: async () => 0 } }),
          ),
      },
    }));
    expect(await readsWithoutPerson(own, nothing, { renew: true })).toBe(5);
    await own.close();
  });
});

test('the database invariants hold after all auto-approval tests', async () => {
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
});
