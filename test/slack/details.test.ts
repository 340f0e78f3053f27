/** The details: the full request, and earlier requests for its resources if the viewer may see them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unwrap } from '../support/services.js';
import { asObject } from '../support/slack/json.js';
import { until } from '../support/until.js';
import { openScene, type Scene } from './scene.js';

let scene: Scene;
let agent: Awaited<ReturnType<Scene['services']['agent']>>;
let other: Awaited<ReturnType<Scene['services']['agent']>>['caller'];

const RESOURCE = 'vsecure://secrets/production/DATABASE_URL';

beforeAll(async () => {
  scene = await openScene();
  await scene.services.policy();
  agent = await scene.services.agent();
  other = (await scene.services.agent('other-agent', 'dora@example.com')).caller;
  await scene.services.person('mallory@example.com');
  await scene.slack.start();
  const denied = await scene.services.ask(other, { reason: 'A <!channel> of my own' });
  const alice = await scene.services.decider('alice@example.com');
  const decision = { approval: denied.id, verdict: 'deny', reason: 'Not *today*' } as const;
  unwrap(await scene.services.useCases.decide(alice, decision));
  const first = await ask();
  unwrap(await scene.services.useCases.decide(alice, { approval: first.id, verdict: 'approve' }));
});
afterAll(() => scene.close());

const ask = () =>
  scene.services.ask(agent.caller, { resources: [RESOURCE], renew: true, duration: 600_000 });

/** The details after vsecure has identified the viewer. */
async function lookAs(user: string, id: Awaited<ReturnType<typeof ask>>['id']) {
  const before = scene.proxy.callsOf('views.update').length;
  const opened = JSON.stringify(await scene.openForm(user, id, 'details'));
  expect(opened).toContain('Debugging the failing database connection');
  expect(opened).not.toContain('*Earlier requests*');
  return until('the history', () => {
    const call = scene.proxy.callsOf('views.update')[before];
    return call && JSON.stringify(asObject(call.body['view'])['blocks']);
  });
}

test('an approver sees earlier requests for the same resources, and their outcome', async () => {
  const { id } = await ask();
  const seen = await lookAs('alice', id);
  expect(seen).toContain(
    '`claude-desktop` asked to read, approved by `alice@example.com`, never used',
  );
  expect(seen).toContain('`other-agent` asked to read, denied by `alice@example.com`');
  expect(seen).not.toMatch(/of my own|today/);
});

test('the owner of a key sees the earlier requests of their own keys', async () => {
  const { id } = await ask();
  const seen = await lookAs('bob', id);
  expect(seen).toContain('`claude-desktop` asked to read, approved');
  expect(seen).not.toContain('other-agent');
});

test('a person without a right to decide sees the request, but no earlier requests', async () => {
  const { id } = await ask();
  const seen = await lookAs('mallory', id);
  expect(seen).toContain('Only approvers of these resources');
  expect(seen).not.toMatch(/other-agent|\*Earlier requests\*/);
});

test('an approver does not see requests under another policy, even for the same resource', async () => {
  const strict = 'vsecure://secrets/production/STRICT';
  await scene.services.policy({ approvers: ['carol@example.com'] }, strict);
  await scene.services.person('carol@example.com');
  await scene.services.ask(other, { resources: ['vsecure://secrets/production/*'] });
  const asked = await scene.services.ask(agent.caller, { resources: [strict] });
  expect(await scene.services.store.approvals.pastRequests(asked, 10)).toHaveLength(1);
  expect(await lookAs('carol', asked.id)).toContain('None for these resources that you can see.');
});

test('the details stay without earlier requests when Slack does not identify the viewer', async () => {
  const { id } = await ask();
  scene.proxy.inject({ method: 'users.info', times: 1, fault: 'status', status: 503 });
  expect(await lookAs('carol', id)).toContain('Only approvers of these resources');
});

test('a click before vsecure has stored the card’s place opens the details', async () => {
  let remembered = () => {};
  const waiting = new Promise<void>((resolve) => {
    remembered = resolve;
  });
  const early = await openScene({
    change: (parts) => ({
      ...parts,
      cards: {
        ...parts.cards,
        save: async (...card) => {
          await waiting;
          await parts.cards.save(...card);
        },
      },
    }),
  });
  try {
    await early.services.policy();
    const key = await early.services.agent();
    await early.slack.start();
    const { id, digest } = await early.services.ask(key.caller);
    const message = await until('a message', async () => (await early.emulate.messages())[0]);
    const { status } = await early.driver.click({
      user: early.emulate.users['alice'] ?? '',
      channel: early.emulate.channelId,
      messageId: String(message['ts']),
      actionId: 'approve',
      value: `${id}.${digest}`,
    });
    expect(status).toBe(200);
    expect(early.proxy.callsOf('views.open')).toEqual([]);
    remembered();
    const opened = await until('a form', () => early.proxy.callsOf('views.open')[0]);
    expect(asObject(opened.body['view'])['callback_id']).toBe('approve_form');
    expect(early.sink.bodies).toEqual([]);
  } finally {
    remembered();
    await early.close();
  }
});
