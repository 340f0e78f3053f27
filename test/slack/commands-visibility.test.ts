/** Every person sees what they may see and nothing else, whatever they ask `/vsecure` for. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Role } from '../../src/domain/vocabulary.js';
import { unwrap } from '../support/services.js';
import { userBecomes } from '../support/slack/user-changes.js';
import { type Asking, createAsking, rowsOf, wordsIn } from './asking.js';
import { openScene, type Scene } from './scene.js';

let scene: Scene;
let asking: Asking;

/** alice approves production, where bob's key asks; dave approves staging, where erin's key asks. */
beforeAll(async () => {
  scene = await openScene();
  asking = createAsking(scene);
  const { services } = scene;
  await services.policy({ approvers: ['alice@example.com'] });
  await services.policy({ approvers: ['dave@example.com'] }, 'vsecure://secrets/staging/*');
  // Stricter than what alice approves: she must not see what is below it.
  await services.policy({ approvers: ['dave@example.com'] }, 'vsecure://secrets/production/VAULT');
  await use('claude-desktop', 'bob@example.com', 'production/WEB', 'alice@example.com');
  await use('cursor', 'erin@example.com', 'staging/DB', 'dave@example.com');
  await use('windsurf', 'erin@example.com', 'production/VAULT', 'dave@example.com');
  for (const email of ['carol@example.com', 'mallory@example.com']) await services.person(email);
  await scene.slack.start();
});
afterAll(() => scene.close());

async function use(key: string, owner: string, path: string, approver: string) {
  const { services } = scene;
  const { caller } = await services.agent(key, owner);
  const resources = [`vsecure://secrets/${path}`];
  const { id } = await services.ask(caller, { resources });
  const decider = await services.decider(approver);
  unwrap(await services.useCases.decide(decider, { approval: id, verdict: 'approve' }));
  await services.ask(caller, {
    resources: [...resources],
    operation: 'read',
    duration: 120_000,
    renew: true,
  });
}

async function becomes(user: string, role: Role) {
  const { id } = await scene.services.person(`${user}@example.com`);
  await scene.services.store.transaction((tx) => tx.people.setRole(id, role));
}

const THINGS = ['production/WEB', 'staging/DB', 'production/VAULT'] as const;
const LISTS = [
  'approvals',
  'grants',
  'audit --action approval_requested',
  'audit --group-by resource',
] as const;

describe.each([
  ['an admin', 'carol', 'admin', THINGS],
  ['an auditor', 'carol', 'auditor', THINGS],
  ['an approver of one policy', 'alice', 'member', ['production/WEB']],
  ['the owner of a key', 'bob', 'member', ['production/WEB']],
  ['a member without keys or policies', 'mallory', 'member', []],
] as const)('%s', (_, user, role, theirs) => {
  beforeAll(() => becomes(user, role));

  test.each(LISTS)('asks for %s', async (text) => {
    const words = wordsIn(await asking.command(user, text));
    const seen = THINGS.filter((thing) => words.includes(thing));
    expect(seen).toEqual(theirs);
  });

  test('asks for resources', async () => {
    const words = wordsIn(await asking.command(user, 'resources'));
    expect(words.includes('production/*')).toBe(theirs.length > 0);
    expect(words.includes('staging/*')).toBe(theirs.length === THINGS.length);
  });

  test('asks for metrics', async () => {
    const words = wordsIn(await asking.command(user, 'metrics'));
    expect(words).toContain(
      theirs.length === 0 ? 'No requests.' : `Requests: ${2 * theirs.length} · `,
    );
  });
});

describe.each([
  ['a guest', 'alice', { is_restricted: true }, 'Only full members'],
  ['a single-channel guest', 'alice', { is_ultra_restricted: true }, 'Only full members'],
  ['a person of another workspace', 'alice', { team_id: 'T0OTHER' }, 'a different workspace'],
  ['a deactivated user', 'alice', { deleted: true }, 'deactivated'],
] as const)('%s', (_, user, change, refusal) => {
  test.each([...LISTS, 'resources', 'metrics', 'whoami'])(
    'asks for %s and gets only the reason for the refusal, although once an approver',
    async (text) => {
      scene.proxy.inject(userBecomes(scene.emulate.users[user] ?? '', change));
      try {
        const words = wordsIn(await asking.command(user, text));
        expect(words).toContain(refusal);
        for (const thing of THINGS) expect(words).not.toContain(thing);
      } finally {
        scene.proxy.clearFaults();
      }
    },
  );
});

test('while Slack does not answer about an account, that account sees nothing', async () => {
  scene.proxy.inject({ method: 'users.info', times: Infinity, fault: 'status', status: 503 });
  try {
    expect(wordsIn(await asking.command('alice', 'approvals'))).toContain(
      'cannot answer this safely',
    );
  } finally {
    scene.proxy.clearFaults();
  }
});

test('an approver who is removed from the policy no longer sees anything of it except their own votes', async () => {
  const { services } = scene;
  await services.policy({ approvers: ['dave@example.com'] });
  try {
    for (const text of ['approvals', 'grants', 'resources', 'audit --action approval_requested'])
      expect(wordsIn(await asking.command('alice', text))).not.toContain('production');
    const actions = rowsOf(await asking.command('alice', 'audit')).map(([, action]) => action);
    expect(actions.sort()).toEqual([
      'access_granted',
      'approval_decided',
      'slack_linked',
      'vote_cast',
    ]);
  } finally {
    await services.policy({ approvers: ['alice@example.com'] });
  }
});

test('no answer broke a limit of Slack or was visible to another person', () => {
  expect(asking.problems()).toEqual([]);
});
