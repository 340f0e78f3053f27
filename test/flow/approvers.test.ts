/** Approvers: e-mail addresses linked to Slack accounts, Slack user groups, and escalation approvers. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR, MINUTE } from '../../src/domain/limits.js';
import type { Directory, SlackProfile } from '../../src/ports/index.js';
import { sqlOn } from '../../src/store/sql.js';
import { createManageKeys } from '../../src/usecases/authorization/manage-keys.js';
import { createIdempotent } from '../../src/usecases/idempotent.js';
import { createIdentifySlackActor } from '../../src/usecases/people/identify-slack-user.js';
import type { PolicyChanges } from '../../src/usecases/policies/configure-resource.js';
import { createLinkApprovers } from '../../src/usecases/policies/link-approvers.js';
import { brokenInvariants } from '../support/invariants.js';
import {
  buildServices,
  PRODUCTION,
  refusalOf,
  type Services,
  unwrap,
} from '../support/services.js';

const TEAM = 'T0HOME';
const ALICE = 'alice@example.com';

/** What Slack would say, to be changed by each test. */
interface Workspace {
  team: string | undefined;
  silent: boolean;
  readonly accounts: Map<string, SlackProfile>;
  readonly groups: Map<string, string[]>;
  asked: number;
}

let slack: Workspace;
let services: Services;
beforeEach(async () => {
  slack = { team: TEAM, silent: false, accounts: new Map(), groups: new Map(), asked: 0 };
  services = await buildServices({ directory: directoryOf(slack) });
});
afterEach(async () => {
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  await services.close();
});

function directoryOf(workspace: Workspace): Directory {
  const answer = async <T>(what: T): Promise<T | undefined> => {
    workspace.asked += 1;
    return workspace.silent ? undefined : what;
  };
  const { accounts, groups } = workspace;
  return {
    teamId: () => workspace.team,
    profile: (userId) => answer([...accounts.values()].find((one) => one.userId === userId)),
    byEmail: (email) => answer<SlackProfile | 'unknown'>(accounts.get(email) ?? 'unknown'),
    deactivated: async () => [],
    groupMembers: (group) => answer(groups.get(group)),
    channel: async () => undefined,
  };
}

/** A member of the workspace. */
function account(email: string, userId: string, changes: Partial<SlackProfile> = {}): void {
  const profile = { teamId: TEAM, userId, email, status: 'member', ...changes } as const;
  slack.accounts.set(email, profile);
}

const configure = async (changes: PolicyChanges) =>
  unwrap(await services.useCases.configureResource(services.admin, PRODUCTION, changes, 'merge'));

const slackOf = async (email: string) =>
  (await services.store.people.byEmail(email))?.slack.map(
    ({ teamId, userId }) => `${teamId}/${userId}`,
  );

/** What becomes of a request when these people approve it, one after the other. */
async function approving(emails: readonly string[], wait = async () => {}) {
  agents += 1;
  const { caller } = await services.agent(`agent-${agents}`);
  const { id } = await services.ask(caller);
  await wait();
  const said: string[] = [];
  for (const email of emails) {
    const decider = await services.decider(email);
    const answer = await services.useCases.decide(decider, { approval: id, verdict: 'approve' });
    said.push(answer.ok ? answer.value.status : answer.refusal.code);
  }
  return said;
}
let agents = 0;

const sql = (query: string, parameters: readonly unknown[] = []) =>
  sqlOn(services.database.dataSource)(query, parameters);

describe('an approver’s e-mail address in a policy', () => {
  test('the address is linked once to the Slack account with this address, and the link is recorded', async () => {
    account(ALICE, 'U0ALICE');
    const { warnings } = await configure({ approvers: ['Alice@Example.com'] });
    expect(warnings).toEqual([]);
    expect(await slackOf(ALICE)).toEqual(['T0HOME/U0ALICE']);
    expect(await services.store.people.bySlack(TEAM, 'U0ALICE')).toMatchObject({ email: ALICE });
    const events = await sql(
      `select body -> 'details' ->> 'email' as email, body -> 'details' ->> 'slack' as slack from audit_event
       where body ->> 'type' = 'slack_linked'`,
    );
    expect(events).toEqual([{ email: ALICE, slack: 'T0HOME/U0ALICE' }]);
  });

  test('the link stays with its account when the address moves to another account', async () => {
    account(ALICE, 'U0ALICE');
    await configure({ approvers: [ALICE] });
    account(ALICE, 'U0MALLORY');
    const { warnings } = await configure({ approvers: [ALICE], maxUses: 3 });
    await services.useCases.refreshApprovers();
    expect(warnings).toEqual([]);
    expect(await slackOf(ALICE)).toEqual(['T0HOME/U0ALICE']);
    expect(await services.store.people.bySlack(TEAM, 'U0MALLORY')).toBeUndefined();
  });

  test('a linked account is never linked to a second person', async () => {
    account(ALICE, 'U0ALICE');
    await configure({ approvers: [ALICE] });
    account('carol@example.com', 'U0ALICE');
    const { warnings } = await configure({ approvers: [ALICE, 'carol@example.com'] });
    expect(warnings).toEqual(['vsecure does not know the approver carol@example.com.']);
    expect(await slackOf('carol@example.com')).toEqual([]);
    expect(await slackOf(ALICE)).toEqual(['T0HOME/U0ALICE']);
  });

  test.each([
    ['a guest', { status: 'guest' }],
    ['an unconfirmed account', { status: 'unconfirmed' }],
    ['a deactivated account', { status: 'deactivated' }],
    ['a bot', { status: 'bot' }],
    ['an account of another organisation', { status: 'foreign' }],
    ['a member of another workspace', { teamId: 'T0OTHER' }],
  ] as const)(
    'the address is not linked to %s, and the author of the policy gets a warning',
    async (_, changes) => {
      account(ALICE, 'U0ALICE', changes);
      const { warnings } = await configure({ approvers: [ALICE, 'carol@example.com'] });
      expect(warnings.filter((warning) => warning.includes(ALICE))).toEqual([
        'vsecure does not know the approver alice@example.com.',
      ]);
      expect(await slackOf(ALICE)).toEqual([]);
    },
  );

  test('an address without an account is accepted with a warning that no request can be approved', async () => {
    const { warnings, policy } = await configure({ approvers: ['Nobody@example.com'] });
    expect(policy.approvers).toEqual(['nobody@example.com']);
    expect(warnings).toEqual([
      'vsecure does not know the approver nobody@example.com.',
      'No request can be approved: 1 approval is needed and 0 people could give one.',
    ]);
  });

  test('while Slack does not answer there is no warning, and the address is linked once it answers', async () => {
    account(ALICE, 'U0ALICE');
    slack.silent = true;
    const link = createLinkApprovers(services);
    expect([...(await link([ALICE, 'U0ALICE', 'S0TEAM'])).values()]).toEqual(
      Array(3).fill('unavailable'),
    );
    expect((await configure({ approvers: [ALICE] })).warnings).toEqual([]);
    expect(await slackOf(ALICE)).toEqual([]);
    slack.silent = false;
    await services.useCases.refreshApprovers();
    expect(await slackOf(ALICE)).toEqual(['T0HOME/U0ALICE']);
  });

  test('the address is linked once Slack is connected', async () => {
    slack.team = undefined;
    account(ALICE, 'U0ALICE');
    await configure({ approvers: [ALICE] });
    expect([await slackOf(ALICE), slack.asked]).toEqual([[], 0]);
    slack.team = TEAM;
    await services.useCases.refreshApprovers();
    expect(await slackOf(ALICE)).toEqual(['T0HOME/U0ALICE']);
  });

  test('no address is linked when linking by address is disabled', async () => {
    account(ALICE, 'U0ALICE');
    const link = createLinkApprovers({ ...services, linkByEmail: false });
    expect([...(await link([ALICE]))]).toEqual([[ALICE, 'unavailable']]);
    expect(await services.store.people.byEmail(ALICE)).toBeUndefined();
    expect(slack.asked).toBe(0);
  });

  test('concurrent policy writes link the address once', async () => {
    account(ALICE, 'U0ALICE');
    const link = createLinkApprovers(services);
    await Promise.all(Array.from({ length: 8 }, () => link([ALICE])));
    expect(await slackOf(ALICE)).toEqual(['T0HOME/U0ALICE']);
    expect(
      await sql(`select 1 from audit_event where body ->> 'type' = 'slack_linked'`),
    ).toHaveLength(1);
  });

  test('a policy whose only approver is the requester gets a warning', async () => {
    account('bob@example.com', 'U0BOB');
    await services.agent('claude-desktop', 'bob@example.com');
    const { warnings } = await configure({ approvers: ['bob@example.com'] });
    expect(warnings).toEqual([
      'Requests by the keys of bob@example.com can never be approved: only bob@example.com could approve them, and the owner of a key cannot approve its requests. Name another approver, or set allowSelfApproval.',
    ]);
  });
});

describe('a Slack user group as approver', () => {
  const TEAM_OF_TWO = ['U0ALICE', 'U0CAROL'];
  beforeEach(async () => {
    for (const [email, id] of [
      [ALICE, 'U0ALICE'],
      ['carol@example.com', 'U0CAROL'],
      ['dave@example.com', 'U0DAVE'],
    ] as const) {
      account(email, id);
      const person = await services.person(email);
      await services.store.transaction((tx) =>
        tx.people.link(person.id, { teamId: TEAM, userId: id }),
      );
    }
    slack.groups.set('S0TEAM', TEAM_OF_TWO);
    await configure({ approvers: ['S0TEAM'] });
  });

  test('only the members of a user group can decide', async () => {
    expect(await approving(['dave@example.com', ALICE])).toEqual(['not_an_approver', 'approved']);
  });

  test('a person removed from the user group can no longer decide', async () => {
    slack.groups.set('S0TEAM', ['U0CAROL']);
    await services.useCases.refreshApprovers();
    expect(await approving([ALICE, 'carol@example.com'])).toEqual(['not_an_approver', 'approved']);
  });

  test('the vote of a person who was removed from the user group does not count', async () => {
    await configure({ approvers: ['S0TEAM', 'dave@example.com'], minApprovals: 2 });
    const { caller } = await services.agent('claude-desktop');
    const { id } = await services.ask(caller);
    const vote = async (email: string) => {
      const decider = await services.decider(email);
      const answer = await services.useCases.decide(decider, { approval: id, verdict: 'approve' });
      return unwrap(answer).status;
    };
    expect(await vote(ALICE)).toBe('pending');
    slack.groups.set('S0TEAM', ['U0CAROL']);
    await services.useCases.refreshApprovers();
    expect(await vote('dave@example.com')).toBe('pending');
    expect(await vote('carol@example.com')).toBe('approved');
  });

  test.each([
    ['14 minutes 50 seconds', 'approved'],
    ['15 minutes 1 second', 'not_an_approver'],
    ['1 day', 'not_an_approver'],
  ])('a user group last read %s ago: its member’s vote results in %s', async (age, said) => {
    await sql('update slack_group set fetched_at = clock_timestamp() - $1::interval', [age]);
    expect(await approving([ALICE])).toEqual([said]);
  });

  test('an outdated user group can decide again after a refresh from Slack', async () => {
    await sql(`update slack_group set fetched_at = clock_timestamp() - interval '1 hour'`);
    slack.silent = true;
    await services.useCases.refreshApprovers();
    expect(await approving([ALICE])).toEqual(['not_an_approver']);
    slack.silent = false;
    await services.useCases.refreshApprovers();
    expect(await approving([ALICE])).toEqual(['approved']);
  });

  test('an unread, empty or deleted user group cannot decide', async () => {
    slack.groups.set('S0EMPTY', []);
    const { warnings } = await configure({ approvers: ['S0EMPTY', 'S0GONE'] });
    expect(warnings).toEqual(['vsecure does not know the approver S0EMPTY.']);
    expect(await approving([ALICE])).toEqual(['not_an_approver']);
  });

  test('membership in a user group does not allow self-approval', async () => {
    slack.groups.set('S0TEAM', ['U0BOB', 'U0CAROL']);
    const bob = await services.person('bob@example.com');
    const linked = { teamId: TEAM, userId: 'U0BOB' };
    await services.store.transaction((tx) => tx.people.link(bob.id, linked));
    await services.useCases.refreshApprovers();
    expect(await approving(['bob@example.com', 'carol@example.com'])).toEqual([
      'own_request',
      'approved',
    ]);
  });

  test('the members of a user group see its requests', async () => {
    const { caller } = await services.agent('claude-desktop');
    const { id } = await services.ask(caller);
    const sees = async (email: string) => {
      const human = (await services.human(email)).caller;
      return (await services.useCases.viewApprovals.one(human, id)).ok;
    };
    expect([await sees(ALICE), await sees('dave@example.com')]).toEqual([true, false]);
  });
});

describe('escalation approvers', () => {
  const DAVE = 'dave@example.com';
  const silence = (ms: number) => async () => {
    await sql(`update approval set created_at = created_at - $1::float8 * interval '1 ms'`, [ms]);
  };
  beforeEach(() =>
    configure({
      approvers: [ALICE],
      escalateTo: [DAVE],
      escalateAfter: 10 * MINUTE,
      requestTtl: HOUR,
    }),
  );

  test.each([
    [0, 'not_an_approver'],
    [9 * MINUTE, 'not_an_approver'],
    [10 * MINUTE, 'approved'],
    [30 * MINUTE, 'approved'],
  ])(
    'after %d ms without a decision, an escalation approver’s vote results in: %s',
    async (ms, said) => {
      expect(await approving([DAVE], silence(ms))).toEqual([said]);
    },
  );

  test('escalation approvers do not replace the other approvers', async () => {
    expect(await approving([ALICE], silence(30 * MINUTE))).toEqual(['approved']);
  });

  test('escalation approvers count towards a quorum after the escalation', async () => {
    await configure({ approvers: [ALICE, 'carol@example.com'], minApprovals: 2 });
    expect(await approving([ALICE, DAVE], silence(10 * MINUTE))).toEqual(['pending', 'approved']);
  });

  test('a user group can be an escalation approver', async () => {
    const person = await services.person(DAVE);
    await services.store.transaction((tx) =>
      tx.people.link(person.id, { teamId: TEAM, userId: 'U0DAVE' }),
    );
    slack.groups.set('S0NIGHT', ['U0DAVE']);
    await configure({ escalateTo: ['S0NIGHT'] });
    expect(await approving([DAVE])).toEqual(['not_an_approver']);
    expect(await approving([DAVE], silence(10 * MINUTE))).toEqual(['approved']);
  });

  test('escalation approvers see the request after the escalation', async () => {
    const { caller } = await services.agent('claude-desktop');
    const { id } = await services.ask(caller);
    const dave = (await services.human(DAVE)).caller;
    const sees = async () => (await services.useCases.viewApprovals.one(dave, id)).ok;
    expect(await sees()).toBe(false);
    await silence(10 * MINUTE)();
    expect(await sees()).toBe(true);
  });
});

test('a request is refused when no approver is configured at all', async () => {
  await configure({});
  const { caller } = await services.agent();
  const ask = { resources: [PRODUCTION], operation: 'read', reason: 'a good reason' } as const;
  expect(refusalOf(await services.useCases.requestAccess(caller, ask))).toBe('approvers_missing');
});

describe('an address with a character outside ASCII', () => {
  const KELVIN = '\u212Aate@example.com';

  test('is linked to no person, by a policy or by a click', async () => {
    await services.person('kate@example.com');
    account(KELVIN, 'U0KELVIN');
    const { warnings } = await configure({ approvers: ['U0KELVIN'] });
    expect(warnings).toContain('vsecure does not know the approver U0KELVIN.');
    const identify = createIdentifySlackActor({
      store: services.store,
      directory: directoryOf(slack),
      linkByEmail: true,
    });
    expect(refusalOf(await identify({ teamId: TEAM, userId: 'U0KELVIN' }))).toBe('unknown_person');
    expect(await slackOf('kate@example.com')).toEqual([]);
    await expect(services.person(KELVIN)).rejects.toThrow('ASCII');
  });

  test('names no key that an explanation is asked for', async () => {
    await services.agent('kate');
    const question = { resource: 'vsecure://secrets/production/A', operation: 'read' } as const;
    const { admin, useCases } = services;
    expect((await useCases.explainAccess(admin, { ...question, as: 'KATE' })).ok).toBe(true);
    const kelvin = await useCases.explainAccess(admin, { ...question, as: '\u212Aate' });
    expect(refusalOf(kelvin)).toBe('not_found');
  });
});

describe('the owner of a key who never acted in Slack', () => {
  const owner = 'olga@example.com';
  const create = async (name: string, more: object = {}, from = services) =>
    unwrap(
      await from.useCases.manageKeys.create(from.admin, { name, class: 'agent', owner, ...more }),
    );

  test('is linked by their confirmed address when the key is made, once', async () => {
    account(owner, 'U0OLGA');
    expect((await create('tool-of-olga')).ownerInSlack).toBe('linked');
    expect(await slackOf(owner)).toEqual([`${TEAM}/U0OLGA`]);
    account(owner, 'U0ANOTHER');
    expect((await create('second-tool-of-olga')).ownerInSlack).toBe('linked');
    expect(await slackOf(owner)).toEqual([`${TEAM}/U0OLGA`]);
  });

  test('is linked when Slack is connected after the key was made; a revoked key and a service key link no one', async () => {
    slack.silent = true;
    expect((await create('tool-of-olga')).ownerInSlack).toBe('unavailable');
    const pia = { owner: 'pia@example.com' };
    const revoked = await create('tool-of-pia', pia);
    unwrap(await services.useCases.manageKeys.revoke(services.admin, revoked.key.id));
    const service = await create('service-of-pia', { ...pia, class: 'service' });
    expect(service.ownerInSlack).toBeUndefined();
    slack.silent = false;
    account(owner, 'U0OLGA');
    account(pia.owner, 'U0PIA');
    await services.useCases.refreshApprovers();
    expect([await slackOf(owner), await slackOf(pia.owner)]).toEqual([[`${TEAM}/U0OLGA`], []]);
  });

  test.each([
    ['no account has the address', {}, 'gone'],
    ['the account is a guest', { status: 'guest' }, owner],
    ['the account is of another workspace', { status: 'foreign', teamId: 'T0AWAY' }, owner],
  ] as const)('gets no message when %s, and the answer says so', async (_, changes, address) => {
    account(address, 'U0OLGA', changes);
    expect((await create('tool-of-olga')).ownerInSlack).toBe('unknown');
    expect(await slackOf(owner)).toEqual([]);
  });

  test('gets the key although the link fails, and no link in a build that does not look for the account', async () => {
    account(owner, 'U0OLGA');
    const failing = createManageKeys({
      ...services,
      idempotent: createIdempotent(services.digest),
      linkApprovers: () => Promise.reject(new Error('no database')),
    });
    const wish = { name: 'tool-of-olga', class: 'agent', owner } as const;
    const made = unwrap(await failing.create(services.admin, wish));
    expect((await services.useCases.authenticate(made.token)).ok).toBe(true);
    expect([made.ownerInSlack, await slackOf(owner)]).toEqual(['unavailable', []]);
  });
});
