/** Who may decide depends on what Slack says about an account and a user group at the time of the decision, not when a policy was written. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { toMetadata } from '../../src/slack/format/action-ids.js';
import type { PolicyChanges } from '../../src/usecases/policies/configure-resource.js';
import { unwrap } from '../support/services.js';
import { asObject, type JsonObject } from '../support/slack/json.js';
import { userBecomes } from '../support/slack/user-changes.js';
import { typed } from '../support/slack/view-values.js';
import { openScene, type Scene, wordsOf } from './scene.js';

let scene: Scene;
let agent: Awaited<ReturnType<Scene['services']['agent']>>;
let area = 0;

beforeAll(async () => {
  scene = await openScene();
  agent = await scene.services.agent();
  await scene.slack.start();
});
afterAll(() => scene.close());
afterEach(() => scene.proxy.clearFaults());

const idOf = (user: 'alice' | 'bob' | 'carol' | 'mallory') => scene.emulate.users[user] ?? '';

/** A policy of its own, and one request under it. */
async function asked(changes: PolicyChanges) {
  area += 1;
  await scene.services.policy(changes, `vsecure://secrets/area${area}/*`);
  const resources = [`vsecure://secrets/area${area}/KEY`];
  return scene.services.ask(agent.caller, { resources });
}

const standing = async (id: Awaited<ReturnType<typeof asked>>['id']) =>
  (await scene.services.store.approvals.find(id))?.status;

async function approveAs(user: string, id: Awaited<ReturnType<typeof asked>>['id']) {
  const form = await scene.openForm(user, id, 'approve');
  return scene.submit(user, form, { reason: { text: typed('Known incident') } });
}

describe('an approver’s address', () => {
  const lookUpsGive = (user: JsonObject, of?: string) =>
    scene.proxy.inject({
      method: 'users.lookupByEmail',
      times: Number.POSITIVE_INFINITY,
      when: ({ email }) => of === undefined || email === of,
      fault: 'json',
      json: (upstream: JsonObject) => ({
        ...upstream,
        user: { ...asObject(upstream['user']), ...user },
      }),
    });
  const accountOf = async (email: string) =>
    (await scene.services.store.people.byEmail(email))?.slack.map(({ userId }) => userId);

  test('is looked up and pinned when the policy is written, recorded, and never moved', async () => {
    await asked({ approvers: ['alice@example.com'] });
    expect(await accountOf('alice@example.com')).toEqual([idOf('alice')]);
    const links = (await scene.audit()).filter(({ type }) => type === 'slack_linked');
    expect(links).toMatchObject([
      {
        details: { slack: `${scene.emulate.teamId}/${idOf('alice')}`, email: 'alice@example.com' },
      },
    ]);

    // Not for the owner of the key, whose account is looked up, too.
    lookUpsGive({ id: idOf('mallory') }, 'alice@example.com');
    await scene.services.useCases.refreshApprovers();
    expect(await accountOf('alice@example.com')).toEqual([idOf('alice')]);
  });

  test('without an account is accepted with a warning', async () => {
    const rules = { approvers: ['unknown@example.com'] };
    const uri = 'vsecure://secrets/unknown/*';
    const { useCases, admin } = scene.services;
    const { warnings } = unwrap(await useCases.configureResource(admin, uri, rules, 'merge'));
    expect(warnings.join()).toContain('vsecure does not know the approver unknown@example.com');
  });

  test('of a guest links no account', async () => {
    lookUpsGive({ is_restricted: true });
    await asked({ approvers: ['carol@example.com'] });
    expect(await accountOf('carol@example.com')).toEqual([]);
  });

  test('no longer counts when its account has become a guest’s by the time of the decision', async () => {
    const { id } = await asked({ approvers: ['alice@example.com'] });
    scene.proxy.inject(userBecomes(idOf('alice'), { is_restricted: true }));
    await scene.refusedClick('alice', id, 'approve', 'Only full members');
    expect(await standing(id)).toBe('pending');
  });

  test('is linked by the first click when Slack did not answer before', async () => {
    scene.proxy.inject({ method: 'users.lookupByEmail', fault: 'status', status: 503 });
    const { id } = await asked({ approvers: ['mallory@example.com'] });
    expect(await accountOf('mallory@example.com')).toEqual([]);
    expect((await approveAs('mallory', id)).body).toBe('');
    expect(await standing(id)).toBe('approved');
  });
});

describe('a user group', () => {
  const GROUP = 'S01ONCALL';
  const groupHolds = (...users: string[]) => {
    scene.proxy.clearFaults();
    scene.proxy.inject({
      method: 'usergroups.users.list',
      times: Number.POSITIVE_INFINITY,
      when: ({ usergroup }) => usergroup === GROUP,
      fault: 'json',
      json: { ok: true, users },
    });
  };
  const NOT_ONE = 'not one of the approvers';
  beforeAll(() => scene.services.person('carol@example.com'));

  test('lets its members decide, and the card mentions it', async () => {
    groupHolds(idOf('carol'));
    const { id } = await asked({ approvers: [GROUP] });
    const card = JSON.stringify(await scene.card(id));
    expect(card).toContain(`<!subteam^${GROUP}>`);
    expect((await approveAs('carol', id)).body).toBe('');
    expect(await standing(id)).toBe('approved');
  });

  test('lets no other person decide', async () => {
    groupHolds(idOf('carol'));
    const { id } = await asked({ approvers: [GROUP] });
    await scene.refusedClick('alice', id, 'approve', NOT_ONE);
  });

  test('counts without a removed member from the next lookup on', async () => {
    groupHolds(idOf('carol'));
    const { id } = await asked({ approvers: [GROUP] });
    groupHolds(idOf('alice'));
    await scene.services.useCases.refreshApprovers();
    await scene.refusedClick('carol', id, 'approve', NOT_ONE);
    expect((await approveAs('alice', id)).body).toBe('');
  });

  test('that was not looked up for a quarter of an hour lets no one decide', async () => {
    groupHolds(idOf('carol'));
    const { id } = await asked({ approvers: [GROUP] });
    await scene.services.database.dataSource.query(
      `update slack_group set fetched_at = clock_timestamp() - interval '15 minutes 1 second'`,
    );
    await scene.refusedClick('carol', id, 'approve', NOT_ONE);
    await scene.services.useCases.refreshApprovers();
    expect((await approveAs('carol', id)).body).toBe('');
  });

  test('that the app may not read lets no one decide, and the log has the fix', async () => {
    await scene.services.database.dataSource.query('delete from slack_group');
    scene.proxy.inject({
      method: 'usergroups.users.list',
      times: Number.POSITIVE_INFINITY,
      fault: 'error',
      error: 'missing_scope',
    });
    const { id } = await asked({ approvers: [GROUP] });
    await scene.refusedClick('carol', id, 'approve', NOT_ONE);
    expect(JSON.stringify(scene.log)).toContain('with the scopes of manifest.yml');
  });
});

/** Of a form that was opened before any vote. */
const COUNTS = { asked: 1, votes: 0, needed: 1 };

test('when a policy does not allow decisions in Slack, the card names the allowed entry points, and an old button is refused', async () => {
  const { id, digest } = await asked({ approvers: ['alice@example.com'], decideFrom: ['cli'] });
  const card = await scene.card(id);
  expect(JSON.stringify(card)).toContain('Decide this with the CLI, the SDK or the REST API.');
  expect(JSON.stringify(card)).not.toContain('"action_id":"approve"');
  const facts = await scene.services.useCases.readCardFacts(id);
  const policy = { policy: facts?.policy?.id, version: facts?.policy?.version };
  const { body } = await scene.driver.submitView({
    user: idOf('alice'),
    callbackId: 'approve_form',
    privateMetadata: toMetadata({ approval: id, seen: digest, ...policy, ...COUNTS }),
    values: { reason: { text: typed('Known incident') } },
  });
  expect(wordsOf(body)).toContain('accepts them from the command line');
  expect(await standing(id)).toBe('pending');
});
