/** Keys of users who are deactivated in Slack stop working. A missing answer from Slack deactivates no user. */

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

/** A person's keys: one with an active grant and a pending request, and one to decide with. */
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

test('deactivation in Slack stops the person’s keys, revokes grants, cancels requests, and is recorded with Slack as the actor', async () => {
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

test('repeated deactivation events stop the person once', async () => {
  slack.gone.add(userId);
  const { all, one } = services.useCases.stopDeactivatedUsers;
  await Promise.all([all(), one(userId), one(userId), all()]);
  expect(await changes()).toHaveLength(1);
});

test('active people, and people of whom Slack reports nothing, are not affected', async () => {
  await services.useCases.stopDeactivatedUsers.all();
  expect(slack.asked).toContain(userId);
  slack.gone.add(userId);
  slack.silent = true;
  await services.useCases.stopDeactivatedUsers.all();
  expect(await isActive()).toBe(true);
  expect(await changes()).toEqual([]);
});

test('a person who is active in Slack again is reactivated by an administrator only, without the earlier keys', async () => {
  const { agent } = await atWork();
  slack.gone.add(userId);
  await services.useCases.stopDeactivatedUsers.all();
  slack.gone.delete(userId);
  await services.useCases.stopDeactivatedUsers.all();
  expect(await isActive()).toBe(false);
  unwrap(await services.useCases.managePeople.set(services.admin, { email, active: true }));
  expect(refusalOf(await services.useCases.authenticate(agent.token))).toBe('invalid_key');
  await services.useCases.stopDeactivatedUsers.all();
  expect(await isActive()).toBe(true);
});

test('accounts of another workspace are not checked', async () => {
  unwrap(
    await services.useCases.managePeople.link(services.admin, `other${count}@example.com`, {
      teamId: 'T0OTHER',
      userId: `U0O${count}`,
    }),
  );
  await services.useCases.stopDeactivatedUsers.all();
  expect(slack.asked).not.toContain(`U0O${count}`);
});

test('deactivation by an administrator also cancels requests and revokes grants', async () => {
  const { approved, pending } = await atWork();
  unwrap(await services.useCases.managePeople.set(services.admin, { email, active: false }));
  expect((await services.store.grants.ofApproval(approved))?.status).toBe('revoked');
  expect((await services.store.approvals.find(pending))?.status).toBe('cancelled');
  expect(await changes()).toMatchObject([{ actor: { kind: 'key' }, details: { active: false } }]);
});

describe('the event for a deactivated user', () => {
  test('a deactivation event stops the person', async () => {
    slack.gone.add(userId);
    await services.useCases.stopDeactivatedUsers.one(userId);
    expect(await isActive()).toBe(false);
  });

  test('a deactivation event stops the person even if Slack does not answer', async () => {
    slack.silent = true;
    await services.useCases.stopDeactivatedUsers.one(userId);
    expect(await isActive()).toBe(false);
  });

  test('a late deactivation event does not stop a reactivated person', async () => {
    await services.useCases.stopDeactivatedUsers.one(userId);
    expect(await isActive()).toBe(true);
  });

  test('a deactivation event for an unlinked account has no effect', async () => {
    await services.useCases.stopDeactivatedUsers.one('U0NOBODY');
    expect(await changes()).toEqual([]);
  });
});
