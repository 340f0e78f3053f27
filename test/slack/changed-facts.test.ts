/** A request that changes while its form is open is not decided: the form shows the change and must be submitted again. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unwrap } from '../support/services.js';
import { asObject, asString, type JsonObject } from '../support/slack/json.js';
import { picked, typed } from '../support/slack/view-values.js';
import { until } from '../support/until.js';
import { openScene, type Scene, wordsOf } from './scene.js';

let scene: Scene;
let agent: Awaited<ReturnType<Scene['services']['agent']>>;
let round = 0;
let uri = '';

const HOUR = 3_600_000;
const APPROVERS = ['alice@example.com', 'carol@example.com'];

beforeAll(async () => {
  scene = await openScene();
  agent = await scene.services.agent();
  await scene.services.person('carol@example.com');
  await scene.slack.start();
});
afterAll(() => scene.close());

/** A request under a policy of its own. */
async function ask(rules: object = {}) {
  round += 1;
  uri = `vsecure://secrets/again${round}/*`;
  await scene.services.policy({ approvers: APPROVERS, ...rules }, uri);
  return again();
}
const again = () =>
  scene.services.ask(agent.caller, { resources: [`vsecure://secrets/again${round}/A`] });
type Id = Awaited<ReturnType<typeof ask>>['id'];

const WHY = { reason: { text: typed('Known incident') } };
const now = async (id: Id) => scene.services.store.approvals.find(id);
const viewIn = (body: unknown): JsonObject => asObject(asObject(body)['view']);
const votes = async (id: Id, email: string) => {
  const decider = await scene.services.decider(email);
  unwrap(await scene.services.useCases.decide(decider, { approval: id, verdict: 'approve' }));
};

test.each(['approve', 'deny'] as const)(
  'the form to %s shows a changed policy line by line, and decides when it is submitted again',
  async (verdict) => {
    const { id } = await ask();
    const form = await scene.openForm('alice', id, verdict);
    await scene.services.policy({ maxDuration: HOUR / 2, defaultDuration: HOUR / 2 }, uri);
    await scene.services.policy({ maxUses: 3 }, uri);
    const { body } = await scene.submit('alice', form, WHY);
    expect(body).toMatchObject({ response_action: 'update', view: { submit: {} } });
    const words = wordsOf(body);
    expect(words).toContain('changed while the form was open, so nothing was decided');
    expect(words).toContain('The policy changed: max duration: 8h → 30m');
    expect(words).toContain('The policy changed: max uses: unlimited → 3');
    expect(await now(id)).toMatchObject({ status: 'pending' });

    const second = viewIn(body);
    expect(second['callback_id']).toBe(form['callback_id']);
    if (verdict === 'approve') expect(JSON.stringify(second)).not.toContain(`"${HOUR}"`);
    expect((await scene.submit('alice', second, WHY)).body).toBe('');
    expect(await now(id)).toMatchObject({ status: verdict === 'approve' ? 'approved' : 'denied' });
  },
);

test('a form opened after the change shows it, and decides at once', async () => {
  const { id, digest } = await ask();
  const card = await scene.card(id);
  await scene.services.policy({ maxDuration: HOUR / 2, defaultDuration: HOUR / 2 }, uri);
  // The card shows the change by itself, before the first click.
  const redrawn = await scene.card(id, (text) => text.includes('max duration: 8h → 30m'));
  expect(redrawn['ts']).toBe(card['ts']);
  const before = scene.proxy.callsOf('views.open').length;
  await scene.driver.click({
    user: scene.emulate.users['alice'] ?? '',
    channel: scene.emulate.channelId,
    messageId: asString(card['ts']),
    actionId: 'approve',
    value: `${id}.${digest}`,
  });
  const form = asObject(
    (await until('a form', () => scene.proxy.callsOf('views.open')[before]?.body))['view'],
  );
  expect(wordsOf({ view: form })).toContain(
    'This request changed after that card was last updated',
  );
  expect(wordsOf({ view: form })).toContain('max duration: 8h → 30m');
  expect((await scene.submit('alice', form, WHY)).body).toBe('');
  expect(await now(id)).toMatchObject({ status: 'approved', granted: HOUR / 2 });
});

test('a stricter policy set while the form is open is shown in the form, and its approvers decide', async () => {
  const { id } = await ask();
  const form = await scene.openForm('alice', id, 'approve');
  const stricter = { approvers: ['carol@example.com'], name: 'The strict one' };
  await scene.services.policy(stricter, `vsecure://secrets/again${round}/A`);
  const { body } = await scene.submit('alice', form, WHY);
  expect(wordsOf(body)).toContain('Another policy applies now: The strict one');
  const refused = await scene.submit('alice', viewIn(body), WHY);
  expect(wordsOf(refused.body)).toContain('not one of the approvers');
  expect(await now(id)).toMatchObject({ status: 'pending' });
});

test('another approver’s vote is shown before one’s own approval becomes the last one needed', async () => {
  const { id } = await ask({ minApprovals: 2 });
  const form = await scene.openForm('alice', id, 'approve');
  await again();
  await votes(id, 'carol@example.com');
  const { body } = await scene.submit('alice', form, WHY);
  const words = wordsOf(body);
  expect(words).toContain('Another approver has approved: 1 of 2. Only your approval is missing.');
  expect(words).toContain('The AI tool repeated the request: 2 times in total.');
  expect(await now(id)).toMatchObject({ status: 'pending' });
  expect((await scene.submit('alice', viewIn(body), WHY)).body).toBe('');
  expect(await now(id)).toMatchObject({ status: 'approved' });
});

test('a denial counts despite the votes of others, and an approval counts despite a repeated request', async () => {
  const denied = await ask({ minApprovals: 2 });
  const deny = await scene.openForm('alice', denied.id, 'deny');
  await votes(denied.id, 'carol@example.com');
  expect((await scene.submit('alice', deny, WHY)).body).toBe('');
  expect(await now(denied.id)).toMatchObject({ status: 'denied' });

  const { id } = await ask();
  const form = await scene.openForm('alice', id, 'approve');
  await again();
  expect((await scene.submit('alice', form, WHY)).body).toBe('');
  expect(await now(id)).toMatchObject({ status: 'approved' });
});

test('two submissions of one form count once, and the second does not report a change', async () => {
  const { id } = await ask({ minApprovals: 2 });
  const form = await scene.openForm('alice', id, 'approve');
  expect((await scene.submit('alice', form, WHY)).body).toBe('');
  const { body } = await scene.submit('alice', form, WHY);
  expect(wordsOf(body)).toContain('You have already approved this request: that vote counts');
  expect(await now(id)).toMatchObject({ status: 'pending' });
});

test('a request that no single policy covers any more cannot be decided, and the form says so', async () => {
  round += 1;
  uri = `vsecure://secrets/again${round}/*`;
  await scene.services.policy({ approvers: APPROVERS }, uri);
  const [one, other] = ['A', 'B'].map((name) => `vsecure://secrets/again${round}/${name}`);
  const { id } = await scene.services.ask(agent.caller, { resources: [one ?? '', other ?? ''] });
  const form = await scene.openForm('alice', id, 'approve');
  await scene.services.policy({ approvers: APPROVERS }, one);
  const { body } = await scene.submit('alice', form, WHY);
  expect(wordsOf(body)).toContain('no single policy covers these resources any more');
  expect(await now(id)).toMatchObject({ status: 'pending' });
});

test('a ready-made reason is enough for a denial, and the approver’s own words follow it', async () => {
  const phrase = { phrase: { choice: picked('3', 'radio_buttons') } };
  const first = await ask();
  const tapped = await scene.openForm('alice', first.id, 'deny');
  const empty = { reason: { text: typed(null) } };
  expect((await scene.submit('alice', tapped, { ...phrase, ...empty })).body).toBe('');
  expect(await now(first.id)).toMatchObject({
    status: 'denied',
    decisionReason: 'The reason does not say enough.',
    sentBack: true,
  });

  const { id } = await ask();
  const form = await scene.openForm('alice', id, 'deny');
  const forged = { ...empty, phrase: { choice: picked('7', 'radio_buttons') } };
  expect((await scene.submit('alice', form, forged)).body).toMatchObject({
    errors: { phrase: 'Choose one of these, or none.' },
  });
  const long = { ...phrase, reason: { text: typed('x'.repeat(1990)) } };
  expect((await scene.submit('alice', form, long)).body).toMatchObject({
    errors: { reason: 'At most 2000 characters.' },
  });
  expect((await scene.submit('alice', form, { ...phrase, ...WHY })).body).toBe('');
  expect(await now(id)).toMatchObject({
    decisionReason: 'The reason does not say enough. Known incident',
  });
});
