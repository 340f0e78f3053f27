/** The App Home shows a person the requests they may decide and the grants they may revoke, stays up to date, and shows nothing of others. */

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../src/domain/vocabulary.js';
import { createOutboxWorker, type OutboxWorker } from '../../src/notify/outbox-worker.js';
import { sqlOn } from '../../src/store/sql.js';
import { unwrap } from '../support/services.js';
import { lintView } from '../support/slack/blocks-lint.js';
import { asArray, asObject, asString, isObject, type JsonObject } from '../support/slack/json.js';
import { userBecomes } from '../support/slack/user-changes.js';
import { picked, typed } from '../support/slack/view-values.js';
import { until } from '../support/until.js';
import { openScene, type Scene } from './scene.js';

let scene: Scene;
let relay: OutboxWorker;
let agent: Awaited<ReturnType<Scene['services']['agent']>>;

beforeAll(async () => {
  scene = await openScene();
  const { services, slack } = scene;
  await services.policy();
  await services.policy({ approvers: ['dave@example.com'] }, 'vsecure://secrets/staging/*');
  agent = await services.agent();
  relay = createOutboxWorker({
    outbox: services.slackOutbox,
    destination: 'slack_home',
    deliver: slack.posters.slack_home.deliver,
    logger: { warn: () => {} },
    intervalMs: 100,
    limit: 4,
  });
  await slack.start();
  relay.start();
});
afterEach(() => scene.proxy.clearFaults());
afterAll(async () => {
  await relay.stop();
  await scene.close();
});

const idOf = (user: string) => scene.emulate.users[user] ?? '';
const published = (user: string) =>
  scene.proxy
    .callsOf('views.publish')
    .filter(({ body, fault }) => body['user_id'] === idOf(user) && fault === undefined)
    .map(({ body }) => asObject(body['view']));
const text = (view: JsonObject) => JSON.stringify(view['blocks']);

/** This person's Home, once it contains all of `words`. */
const shows = (user: string, ...words: readonly string[]) =>
  until(`a Home of ${user} with "${words.join('", "')}"`, () => {
    const newest = published(user).at(-1);
    return newest && words.every((one) => text(newest).includes(one)) ? newest : undefined;
  });

async function open(user: string): Promise<JsonObject> {
  const before = published(user).length;
  await scene.driver.event({
    type: 'app_home_opened',
    user: idOf(user),
    tab: 'home',
    channel: 'D0HOME',
  });
  return until(`the Home of ${user}`, () => published(user)[before]);
}

const ask = (path: string, caller = agent.caller) =>
  scene.services.ask(caller, { resources: [`vsecure://secrets/${path}`] });

const decide = async (id: Awaited<ReturnType<typeof ask>>['id'], verdict: 'approve' | 'deny') => {
  const decider = await scene.services.decider('alice@example.com');
  unwrap(
    await scene.services.useCases.decide(decider, { approval: id, verdict, reason: 'By CLI' }),
  );
};

const buttons = (view: JsonObject): JsonObject[] =>
  asArray(view['blocks'])
    .map(asObject)
    .flatMap((block) => [...asArray(block['elements']), block['accessory']])
    .filter(isObject)
    .filter(({ type }) => type === 'button');

const buttonOf = (view: JsonObject, actionId: string, about = '') =>
  buttons(view).find(
    (one) => one['action_id'] === actionId && asString(one['value']).includes(about),
  );

/** Clicks a button in the Home, where there is no message and no channel. */
async function click(user: string, view: JsonObject, actionId: string, about: string) {
  const button = buttonOf(view, actionId, about);
  const before = scene.proxy.callsOf('views.open').length;
  await scene.driver.clickInView({
    user: idOf(user),
    actionId,
    value: asString(button?.['value']),
    view: { id: 'V0HOME', type: 'home', ...view },
  });
  const call = await until('a form', () => scene.proxy.callsOf('views.open')[before]);
  return asObject(call.body['view']);
}

test('an approver sees a pending request, decides it in the Home, and the Home is updated', async () => {
  const { id } = await ask('production/HOME');
  const home = await open('alice');
  expect(text(home)).toContain('Pending for you: 1 request"');
  expect(text(home)).toContain('production/HOME');
  expect(text(home)).toContain('Unverified, from the AI tool: “');

  const form = await click('alice', home, 'approve', id);
  expect(form['callback_id']).toBe('approve_form');
  await scene.submit('alice', form, {
    reason: { text: typed('Known incident') },
    duration: { choice: picked('1800000') },
  });
  const after = await shows('alice', 'You approved: read', 'Not used yet.');
  expect(text(after)).not.toContain('Pending for you: 1 request"');
  expect(text(after)).toContain('Access in force: 1 grant"');

  const grant = await scene.services.store.grants.ofApproval(id);
  const revoke = await click('alice', after, 'revoke', grant?.id ?? '?');
  expect(revoke['callback_id']).toBe('revoke_form');
});

test('the Home opens the details and the deny form', async () => {
  const { id } = await ask('production/DENIED');
  const home = await open('alice');
  expect(text(await click('alice', home, 'details', id))).toContain('production/DENIED');
  const form = await click('alice', home, 'deny', id);
  await scene.submit('alice', form, { reason: { text: typed('Use the replica') } });
  await shows('alice', 'You denied or sent back: read `production/DENIED`');
});

test('a decision on the command line appears within seconds in the Homes of the people concerned, and in no other', async () => {
  await scene.services.person('mallory@example.com');
  await Promise.all([open('alice'), open('bob'), open('mallory')]);
  const { id } = await ask('production/BY_CLI');
  await shows('alice', 'production/BY_CLI');
  const strangers = published('mallory').length;
  const begun = performance.now();
  await decide(id, 'approve');
  await shows('alice', 'You approved: read `production/BY_CLI`');
  await shows('bob', 'production/BY_CLI');
  expect(performance.now() - begun).toBeLessThan(10_000);
  expect(published('mallory')).toHaveLength(strangers);
});

test('many changes at once lead to one update of the Home', async () => {
  await Promise.all([open('alice'), open('bob'), open('carol')]);
  const before = published('alice').length;
  const burst = Array.from({ length: 12 }, (_, n) => ask(`production/BURST${n}`));
  const asked = await Promise.all(burst);
  await until('the last of them', () => {
    const newest = published('alice').at(-1);
    return newest && text(newest).includes('Pending for you: 12 requests') && newest;
  });
  expect(published('alice').length - before).toBeLessThanOrEqual(3);
  await Promise.all(asked.map(({ id }) => decide(id, 'deny')));
});

test('a Home with too many requests counts the rest, and Slack accepts it', async () => {
  const asked = [];
  for (let n = 0; n < 20; n += 1) asked.push(await ask(`production/MANY${n}`));
  await open('alice');
  const home = await shows('alice', 'and 10 more: /vsecure approvals');
  expect(buttons(home).filter((one) => one['action_id'] === 'approve')).toHaveLength(10);
  expect(asArray(home['blocks']).length).toBeLessThanOrEqual(100);
  for (const { id } of asked) await decide(id, 'deny');
});

test('the owner of a key can revoke its access in the Home, but does not see its pending requests', async () => {
  const { id } = await ask('production/OWNED');
  const home = await open('bob');
  expect(text(home)).toContain('No requests. New ones appear here and in your approval channels.');
  expect(buttonOf(home, 'approve')).toBeUndefined();
  await decide(id, 'approve');
  const after = await shows('bob', 'production/OWNED');
  const grant = await scene.services.store.grants.ofApproval(id);
  expect(buttonOf(after, 'revoke', grant?.id)).toBeDefined();
});

test('an approver who has voted does not see the request any more, while the others do', async () => {
  const { services } = scene;
  const approvers = ['alice@example.com', 'carol@example.com'];
  await services.policy({ approvers, minApprovals: 2 }, 'vsecure://secrets/quorum/*');
  await services.person('carol@example.com');
  const { id } = await ask('quorum/ONE');
  await open('alice');
  await open('carol');
  await decide(id, 'approve');
  await shows('alice', 'You approved: read `quorum/ONE`, asked by `claude-desktop`: still pending');
  const { blocks } = await shows('carol', 'Pending for you: 1 request"');
  expect(JSON.stringify(blocks)).toContain('quorum/ONE');
});

test('the Home has no decision buttons when the policy excludes Slack, and says where to decide', async () => {
  const uri = 'vsecure://secrets/elsewhere/*';
  await scene.services.policy({ decideFrom: ['cli'] }, uri);
  const { id } = await ask('elsewhere/ONE');
  const home = await open('alice');
  expect(text(home)).toContain('Decide this with the CLI, the SDK or the REST API.');
  expect(buttonOf(home, 'approve', id)).toBeUndefined();
  expect(buttonOf(home, 'details', id)).toBeDefined();
});

test.each(['auditor', 'admin'] as const)(
  'an %s sees the numbers of all requests, without the right to decide',
  async (role: Role) => {
    const { services } = scene;
    const erin = await services.agent(`cursor-${role}`, 'erin@example.com');
    await ask('staging/THEIRS', erin.caller);
    const { id } = await services.person('mallory@example.com');
    await services.store.transaction((tx) => tx.people.setRole(id, role));
    const home = text(await open('mallory'));
    expect(home).toContain(`as ${role}, you see the numbers of all requests`);
    expect(home).toMatch(/Requests: [1-9]/);
    expect(home).not.toContain('staging/THEIRS');
    expect(home.includes('"action_id":"revoke"')).toBe(role === 'admin');
    await services.store.transaction((tx) => tx.people.setRole(id, 'member'));
  },
);

test('a person without keys and approvals sees an empty Home', async () => {
  const home = text(await open('mallory'));
  expect(home).toContain('No requests.');
  expect(home).not.toMatch(/production|staging|quorum|claude-desktop/);
});

test('an account that is not linked sees how to link it, and nothing else', async () => {
  const home = text(await open('dora'));
  expect(home).toContain('vsecure people:code');
  expect(home).not.toMatch(/Pending|in force|production|action_id/);
});

test.each([
  ['a guest', { is_restricted: true }, 'Only full members'],
  ['a deactivated user', { deleted: true }, 'deactivated'],
  ['a user of another workspace', { team_id: 'T0OTHER' }, 'a different workspace'],
] as const)('%s sees the reason for the refusal, and nothing else', async (_, change, why) => {
  scene.proxy.inject(userBecomes(idOf('alice'), change));
  const home = text(await open('alice'));
  expect(home).toContain(why);
  expect(home).not.toMatch(/Pending|in force|production|action_id/);
});

test('a member who becomes a guest loses the Home’s content with its next update', async () => {
  await open('alice');
  scene.proxy.inject(userBecomes(idOf('alice'), { is_restricted: true }));
  const { id } = await ask('production/GUEST');
  const home = text(await shows('alice', 'Only full members'));
  expect(home).not.toMatch(/Pending|in force|production|action_id/);
  scene.proxy.clearFaults();
  await decide(id, 'deny');
});

test('a Home that was not opened for half an hour is not updated', async () => {
  const sql = sqlOn(scene.services.database.dataSource);
  const due = async () =>
    (await sql<object>(`select 1 from delivery where destination = 'slack_home' and sent < wanted`))
      .length;
  await open('alice');
  await until('what is due to be drawn', async () => (await due()) === 0);
  await sql(`update slack_home set opened_at = clock_timestamp() - interval '31 minutes'`);
  const before = published('alice').length;
  const { id } = await ask('production/UNSEEN');
  await decide(id, 'deny');
  expect([await due(), published('alice').length]).toEqual([0, before]);
});

test('a process with older facts than the published Home publishes again', async () => {
  await open('alice');
  scene.proxy.inject({ method: 'views.publish', times: 2, fault: 'error', error: 'hash_conflict' });
  expect(text(await open('alice'))).toContain('Pending for you');
  const hashes = scene.proxy
    .callsOf('views.publish')
    .slice(-3)
    .map(({ body }) => typeof body['hash']);
  expect(hashes).toEqual(['string', 'string', 'undefined']);
});

test('a failure of Slack delays an update of the Home but does not lose it', async () => {
  await open('alice');
  scene.proxy.inject({ method: 'views.publish', times: 1, fault: 'status', status: 503 });
  const { id } = await ask('production/DELAYED');
  await shows('alice', 'production/DELAYED');
  await decide(id, 'deny');
});

test('an event of another workspace opens nothing', async () => {
  const before = scene.proxy.callsOf('views.publish').length;
  const event = { type: 'app_home_opened', user: idOf('alice'), tab: 'home' };
  await scene.driver.event(event, { team: 'T0OTHER' });
  await scene.driver.event({ ...event, tab: 'messages' });
  await open('bob');
  expect(scene.proxy.callsOf('views.publish')).toHaveLength(before + 1);
});

test('every Home stays within Slack’s limits', () => {
  const views = scene.proxy.callsOf('views.publish').map(({ body }) => body['view']);
  expect(views.length).toBeGreaterThan(20);
  expect(views.flatMap(lintView)).toEqual([]);
});
