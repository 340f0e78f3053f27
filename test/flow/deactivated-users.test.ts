/** Whoever is deactivated in Slack can do nothing more with their keys; Slack's silence deactivates nobody. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { SlackProfile } from '../../src/ports/index.js';
import { memberDirectory } from '../support/directories.js';
import { buildHouse, granted, type House, refusalOf } from '../support/services.js';

const TEAM = 'T0HOME';

/** What Slack says of each account; `silent` when it says nothing. */
let slack: { gone: Set<string>; silent: boolean; asked: string[] };
let house: House;
let count = 0;
let email: string;
let userId: string;

beforeAll(async () => {
  const standing = (id: string) => (slack.gone.has(id) ? 'deactivated' : 'member');
  house = await buildHouse({
    directory: memberDirectory(TEAM, {
      profile: async (id): Promise<SlackProfile | undefined> =>
        slack.silent ? undefined : { teamId: TEAM, userId: id, standing: standing(id) },
      deactivated: async (ids) => {
        slack.asked.push(...ids);
        return slack.silent ? [] : ids.filter((id) => slack.gone.has(id));
      },
    }),
  });
  await house.policy();
});
afterAll(() => house.close());
beforeEach(async () => {
  slack = { gone: new Set(), silent: false, asked: [] };
  count += 1;
  email = `person${count}@example.com`;
  userId = `U0P${count}`;
  const account = { teamId: TEAM, userId };
  granted(await house.useCases.managePeople.link(house.admin, email, account));
});

/** Somebody's keys at work: one with a live grant and a pending request, and one to decide with. */
async function atWork() {
  const agent = await house.agent(`agent-${count}`, email);
  const laptop = await house.key(`laptop-${count}`, 'human', email);
  const { id } = await house.ask(agent.caller);
  const alice = await house.decider('alice@example.com');
  granted(await house.useCases.decide(alice, { approval: id, verdict: 'approve' }));
  const pending = await house.ask(agent.caller, {
    resources: ['vsecure://secrets/production/OTHER'],
  });
  return { agent, laptop, approved: id, pending: pending.id };
}

const isActive = async () => (await house.store.people.byEmail(email))?.active;
const changes = async () => {
  const { items } = await house.store.audit.list({ type: 'person_changed' }, { limit: 100 });
  return items.filter(({ details }) => details?.['email'] === email);
};

test('their keys stop, their access ends and their requests are withdrawn, on record as Slack’s doing', async () => {
  const { agent, laptop, approved, pending } = await atWork();
  slack.gone.add(userId);
  expect(await house.useCases.stopLeavers.all()).toBe(1);
  for (const { token } of [agent, laptop])
    expect(refusalOf(await house.useCases.authenticate(token))).toBe('invalid_key');
  expect((await house.store.grants.ofApproval(approved))?.status).toBe('revoked');
  expect((await house.store.approvals.find(pending))?.status).toBe('cancelled');
  expect(await changes()).toMatchObject([
    { actor: { kind: 'system', name: 'slack' }, details: { active: false } },
  ]);
});

test('they are stopped once, however often it is heard', async () => {
  slack.gone.add(userId);
  const { all, one } = house.useCases.stopLeavers;
  await Promise.all([all(), one(userId), one(userId), all()]);
  expect(await changes()).toHaveLength(1);
});

test('whoever is still there, and whoever Slack says nothing of, goes on', async () => {
  await house.useCases.stopLeavers.all();
  expect(slack.asked).toContain(userId);
  slack.gone.add(userId);
  slack.silent = true;
  await house.useCases.stopLeavers.all();
  expect(await isActive()).toBe(true);
  expect(await changes()).toEqual([]);
});

test('somebody who is back in Slack is let in again by an administrator only', async () => {
  const { agent } = await atWork();
  slack.gone.add(userId);
  await house.useCases.stopLeavers.all();
  slack.gone.delete(userId);
  await house.useCases.stopLeavers.all();
  expect(await isActive()).toBe(false);
  granted(await house.useCases.managePeople.set(house.admin, { email, active: true }));
  granted(await house.useCases.authenticate(agent.token));
  await house.useCases.stopLeavers.all();
  expect(await isActive()).toBe(true);
});

test('accounts of another workspace are not asked about', async () => {
  granted(
    await house.useCases.managePeople.link(house.admin, `other${count}@example.com`, {
      teamId: 'T0OTHER',
      userId: `U0O${count}`,
    }),
  );
  await house.useCases.stopLeavers.all();
  expect(slack.asked).not.toContain(`U0O${count}`);
});

test('an administrator who deactivates somebody ends what is open, too', async () => {
  const { approved, pending } = await atWork();
  granted(await house.useCases.managePeople.set(house.admin, { email, active: false }));
  expect((await house.store.grants.ofApproval(approved))?.status).toBe('revoked');
  expect((await house.store.approvals.find(pending))?.status).toBe('cancelled');
  expect(await changes()).toMatchObject([{ actor: { kind: 'key' }, details: { active: false } }]);
});

describe('an event that somebody was deactivated', () => {
  test('stops them', async () => {
    slack.gone.add(userId);
    await house.useCases.stopLeavers.one(userId);
    expect(await isActive()).toBe(false);
  });

  test('stops them also when Slack is silent otherwise', async () => {
    slack.silent = true;
    await house.useCases.stopLeavers.one(userId);
    expect(await isActive()).toBe(false);
  });

  test('that comes after they are back stops nobody', async () => {
    await house.useCases.stopLeavers.one(userId);
    expect(await isActive()).toBe(true);
  });

  test('about an account that is nobody’s does nothing', async () => {
    await house.useCases.stopLeavers.one('U0NOBODY');
    expect(await changes()).toEqual([]);
  });
});
