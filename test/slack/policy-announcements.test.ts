/** A policy change is announced, with its author, in the channel where requests under the policy are decided. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PRODUCTION } from '../support/services.js';
import { asArray } from '../support/slack/json.js';
import { until } from '../support/until.js';
import { openScene, type Scene } from './scene.js';

let scene: Scene;
let admin: string;
beforeAll(async () => {
  scene = await openScene({ announcing: true });
  admin = scene.services.admin.principal.name;
  await scene.slack.start();
  await scene.services.policy({ maxDuration: 3_600_000 });
  await announced();
});
afterAll(() => scene.close());
beforeEach(() => scene.proxy.clearFaults());

const posts = () => scene.proxy.callsOf('chat.postMessage');

/** The newest announcement, when everything is announced. */
async function announced() {
  await until('an empty outbox', async () => {
    const due = await scene.services.database.dataSource.query(
      "select 1 from delivery where destination = 'slack_policy_change' and sent < wanted",
    );
    return due.length === 0;
  });
  return posts().at(-1)?.body ?? {};
}

const words = (message: { readonly [key: string]: unknown }) =>
  asArray(message['blocks']).map((block) => JSON.stringify(block));

test('a change that loosens a policy says so first, then who changed what, in text that Slack does not parse', async () => {
  await scene.services.policy({ maxDuration: 2 * 3_600_000 });
  const message = await announced();
  expect(message['text']).toBe(`Policy loosened by ${admin}.`);
  const [header, loosens, who, lines] = words(message);
  expect(header).toContain('Policy loosened · production/*');
  expect(loosens).toContain('Loosens: grants may last longer');
  expect(who).toContain(`key \`${admin}\``);
  expect(who).toContain(PRODUCTION);
  expect(lines).toContain('max duration: 1h → 2h');
  expect(lines).toContain('plain_text');
  expect(message['channel']).toBe(scene.emulate.channelId);
});

test('a change that only tightens a policy does not say that it loosens it', async () => {
  await scene.services.policy({ requireDecisionReason: true });
  const message = await announced();
  expect(message['text']).toBe(`Policy changed by ${admin}.`);
  expect(words(message).join()).toContain('require decision reason: no → yes');
});

test('a write that changes nothing is not announced, and a change is announced once', async () => {
  const before = posts().length;
  await scene.services.policy({ maxDuration: 1_800_000 });
  await scene.services.policy({ maxDuration: 1_800_000 });
  await announced();
  expect(posts()).toHaveLength(before + 1);
});

test('a change is announced in the policy’s channel, or in the default channel when that cannot be used', async () => {
  const there = await scene.emulate.directMessages(scene.emulate.users['alice'] ?? '');
  await scene.services.policy({ channel: there });
  expect((await announced())['channel']).toBe(there);

  const before = posts().length;
  await scene.services.policy({ channel: 'C0MISTYPED' });
  await announced();
  const channels = posts().map(({ body }) => body['channel']);
  expect(channels.slice(before)).toEqual(['C0MISTYPED', scene.emulate.channelId]);
  expect(scene.slack.state()).toBe('ok');
});

test('an error of Slack delays the announcement', async () => {
  scene.proxy.inject({ method: 'chat.postMessage', fault: 'status', status: 503 });
  await scene.services.policy({ channel: undefined, maxUses: 3 });
  expect(words(await announced()).join()).toContain('max uses: unlimited → 3');
});

test('no announcement broke a limit of Slack or showed a link preview', () => {
  expect(scene.lint()).toEqual([]);
  for (const { body } of posts()) {
    expect([body['unfurl_links'], body['parse']]).toEqual(['false', 'none']);
    expect(JSON.stringify(body['metadata'])).toContain('plcy_');
  }
});
