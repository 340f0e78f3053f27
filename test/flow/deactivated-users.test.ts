/** Whoever is deactivated in Slack can do nothing more with their keys; Slack's silence deactivates nobody. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SlackProfile } from '../../src/ports/index.js';
import { memberDirectory } from '../support/directories.js';
import { buildServices, refusalOf, type Services, unwrap } from '../support/services.js';

const TEAM = 'T0HOME';

/** What Slack says of each account; `silent` when it says nothing. */
let slack: { gone: Set<string>; silent: boolean; asked: string[] };
let services: Services;
let count = 0;
let email: string;
let userId: string;

beforeAll(async () => {
  const standing = (id: string) => (slack.gone.has(id) ? 'deactivated' : 'member');
  services = await buildServices({
    directory: memberDirectory(TEAM, {
      profile: async (id): Promise<SlackProfile | undefined> =>
        slack.silent ? undefined : { teamId: TEAM, userId: id, status: standing(id) },
      deactivated: async (ids) => {
        slack.asked.push(...ids);
        return slack.silent ? [] : ids.filter((id) => slack.gone.has(id));
      },
    }),
  });
  await services.policy();
});
afterAll(() => services.close());
beforeEach(async () => {
  slack = { gone: new Set(), silent: false, asked: [] };
  count += 1;
  email = `person${count}@example.com`;
  userId = `U0P${count}`;
  const account = { teamId: TEAM, userId };
  unwrap(await services.useCases.managePeople.link(services.admin, email, account));
});

/** Somebody's keys at work: one with a live grant and a pending request, and one to decide with. */
async function atWork() {
  const agent = await services.agent(`agent-${count}`, email);
  const laptop = await services.key(`laptop-${count}`, 'human', email);
  const { id } = await services.ask(agent.caller);
  const alice = await services.decider('alice@example.com');
  unwrap(await services.useCases.decide(alice, { approval: id, verdict: 'approve' }));
  const pending = await services.ask(agent.caller, {
    resources: ['vsecure://secrets/production/OTHER'],
  });
  return { agent, laptop, approved: id, pending: pending.id };
}

const isActive = async () => (await services.store.people.byEmail(email))?.active;
const changes = async () => {
  const { items } = await services.store.audit.list({ type: 'person_changed' }, { limit: 100 });
  return items.filter(({ details }) => details?.['email'] === email);
};

test('their keys stop, their access ends and their requests are withdrawn, on record as Slack’s doing', async () => {
  const { agent, laptop, approved, pending } = await atWork();
  slack.gone.add(userId);
  expect(await services.useCases.stopDeactivatedUsers.all()).toBe(1);
  for (const { token } of [agent, laptop])
    expect(refusalOf(await services.useCases.authenticate(token))).toBe('invalid_key');
  expect((await services.store.grants.ofApproval(approved))?.status).toBe('revoked');
  expect((await services.store.approvals.find(pending))?.status).toBe('cancelled');
  expect(await changes()).toMatchObject([
    { actor: { kind: 'system', name: 'slack' }, details: { active: false } },
  ]);
});

test('they are stopped once, however often it is heard', async () => {
  slack.gone.add(userId);
  const { all, one } = services.useCases.stopDeactivatedUsers;
  await Promise.all([all(), one(userId), one(userId), all()]);
  expect(await changes()).toHaveLength(1);
});

test('whoever is still there, and whoever Slack says nothing of, goes on', async () => {
  await services.useCases.stopDeactivatedUsers.all();
  expect(slack.asked).toContain(userId);
  slack.gone.add(userId);
  slack.silent = true;
  await services.useCases.stopDeactivatedUsers.all();
  expect(await isActive()).toBe(true);
  expect(await changes()).toEqual([]);
});

test('somebody who is back in Slack is let in again by an administrator only', async () => {
  const { agent } = await atWork();
  slack.gone.add(userId);
  await services.useCases.stopDeactivatedUsers.all();
  slack.gone.delete(userId);
  await services.useCases.stopDeactivatedUsers.all();
  expect(await isActive()).toBe(false);
  unwrap(await services.useCases.managePeople.set(services.admin, { email, active: true }));
  unwrap(await services.useCases.authenticate(agent.token));
  await services.useCases.stopDeactivatedUsers.all();
  expect(await isActive()).toBe(true);
});

test('accounts of another workspace are not asked about', async () => {
  unwrap(
    await services.useCases.managePeople.link(services.admin, `other${count}@example.com`, {
      teamId: 'T0OTHER',
      userId: `U0O${count}`,
    }),
  );
  await services.useCases.stopDeactivatedUsers.all();
  expect(slack.asked).not.toContain(`U0O${count}`);
});

test('an administrator who deactivates somebody ends what is open, too', async () => {
  const { approved, pending } = await atWork();
  unwrap(await services.useCases.managePeople.set(services.admin, { email, active: false }));
  expect((await services.store.grants.ofApproval(approved))?.status).toBe('revoked');
  expect((await services.store.approvals.find(pending))?.status).toBe('cancelled');
  expect(await changes()).toMatchObject([{ actor: { kind: 'key' }, details: { active: false } }]);
});

describe('an event that somebody was deactivated', () => {
  test('stops them', async () => {
    slack.gone.add(userId);
    await services.useCases.stopDeactivatedUsers.one(userId);
    expect(await isActive()).toBe(false);
  });

  test('stops them also when Slack is silent otherwise', async () => {
    slack.silent = true;
    await services.useCases.stopDeactivatedUsers.one(userId);
    expect(await isActive()).toBe(false);
  });

  test('that comes after they are back stops nobody', async () => {
    await services.useCases.stopDeactivatedUsers.one(userId);
    expect(await isActive()).toBe(true);
  });

  test('about an account that is nobody’s does nothing', async () => {
    await services.useCases.stopDeactivatedUsers.one('U0NOBODY');
    expect(await changes()).toEqual([]);
  });
});
