/** Direct messages to the owner of a key: facts without the agent's words, and few messages. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { pathOf } from '../../src/slack/format/resource-names.js';
import { unwrap } from '../support/services.js';
import { findAction } from '../support/slack/card.js';
import { asObject } from '../support/slack/json.js';
import { until } from '../support/until.js';
import { linkAccount, type OwnersScene, openOwnersScene, textOf } from './owners.js';

const REASON = 'Debugging for <!channel> & *everybody*';

let scene: OwnersScene;
let agent: Awaited<ReturnType<OwnersScene['services']['agent']>>;
let count = 0;
beforeAll(async () => {
  scene = await openOwnersScene();
  agent = await scene.services.agent();
  await scene.services.secret();
  await scene.slack.start();
});
afterAll(() => scene.close());
afterEach(() => scene.proxy.clearFaults());

async function ask(caller = agent.caller) {
  count += 1;
  const resources = [`vsecure://secrets/production/KEY${count}`];
  return {
    resource: resources[0] ?? '',
    ...(await scene.services.ask(caller, { resources, reason: REASON })),
  };
}

const decide = async (
  id: `appr_${string}`,
  verdict: 'approve' | 'deny',
  email = 'alice@example.com',
) =>
  unwrap(
    await scene.services.useCases.decide(await scene.services.decider(email), {
      approval: id,
      verdict,
      reason: 'Known incident',
    }),
  );

test('the owner is notified of a request, with a Not me button and without the agent’s words', async () => {
  const { id, resource } = await ask();
  const text = textOf(await scene.direct(id));
  expect(text).toContain('Your API key `claude-desktop` asks for access');
  expect(text).toContain(`Read ${pathOf(resource)} for 1\u00a0hour?`);
  expect(text).toContain('"action_id":"not_me"');
  expect(text).not.toContain('everybody');
});

test('the owner is notified of the outcome, the approver and the reason', async () => {
  const { id } = await ask();
  await scene.direct(id);
  await decide(id, 'deny');
  const text = textOf(await scene.direct('Denied: read'));
  expect(text).toContain(`<@${scene.emulate.users['alice']}>`);
  expect(text).toContain('Known incident');
  expect(text).toContain('"action_id":"not_me"');
  expect(text).not.toContain('everybody');
});

test('the owner is notified of the first use', async () => {
  const { id, resource } = await ask();
  await scene.services.secret('s3cret-canary', resource);
  await decide(id, 'approve');
  unwrap(await scene.services.useCases.readSecret(agent.caller, { resource }));
  await scene.services.useCases.notifyFirstUses();
  const message = await scene.direct('used its access for the first time');
  expect(textOf(message)).toContain(id);
  expect(findAction(message, 'not_me')).toMatchObject({ value: agent.caller.principal.id });
  expect(scene.proxy.traffic()).not.toContain('s3cret-canary');
});

test('the notification text names neither the resource nor the reason', async () => {
  const { id } = await ask();
  const message = await scene.direct(id);
  expect(message['text']).toBe('Your API key claude-desktop asks for access.');
});

test('Not me asks for confirmation', async () => {
  const { id } = await ask();
  const button = findAction(await scene.direct(id), 'not_me');
  expect(textOf(asObject(button?.['confirm']))).toContain('claude-desktop');
});

describe('events during an outage of Slack', () => {
  const afterSilence = async (name: string, times: number) => {
    await scene.services.agent(name);
    scene.proxy.inject({ method: 'chat.postMessage', fault: 'status', status: 503 });
    await scene.notify('asked', times, name);
    await until('all messages to be sent', async () => (await scene.unsent()).length === 0);
    return (await scene.messages()).filter((message) => textOf(message).includes(name));
  };

  test('are sent one by one up to five', async () => {
    const all = await afterSilence('five-things', 5);
    expect(all).toHaveLength(5);
  });

  test('are sent in one message from six on, with Not me for each key', async () => {
    const before = (await scene.messages()).length;
    await scene.services.store.transaction(async (tx) => {
      for (const name of ['six-things', 'seven-things']) {
        const { caller } = await scene.services.agent(name);
        const { id: principal, owner: person } = caller.principal;
        for (let one = 0; one < 3; one += 1)
          await tx.enqueueDirectMessage({ person, kind: 'asked', principal });
        await tx.enqueueDirectMessage({ person, kind: 'first_use', principal });
      }
    });
    const message = await scene.direct('8 events on your API keys');
    expect((await scene.messages()).length).toBe(before + 1);
    const text = textOf(message);
    expect(text).toContain('`six-things`: 3 requests, 1 first use');
    expect(text.match(/"action_id":"not_me"/g)).toHaveLength(2);
    await until('all messages to be sent', async () => (await scene.unsent()).length === 0);
  });

  test('never fold the message about a suspended key into another', async () => {
    const { caller } = await scene.services.agent('alarming');
    await scene.services.store.transaction(async (tx) => {
      const { id: principal, owner: person } = caller.principal;
      for (let one = 0; one < 9; one += 1)
        await tx.enqueueDirectMessage({ person, kind: 'asked', principal });
      await tx.enqueueDirectMessage({ person, kind: 'suspended', principal });
    });
    await scene.direct('The API key `alarming` of');
    await scene.direct('9 events on your API keys');
  });

  test('are sent after the outage, each one once', async () => {
    const all = await afterSilence('away', 1);
    expect(all).toHaveLength(1);
  });
});

describe('an owner who cannot be notified', () => {
  const unsentOf = async (email: string) => (await scene.unsent(email)).length;

  test('without a Slack account gets no message, and the outbox does not grow', async () => {
    const { caller } = await scene.services.agent('dora-tool', 'dora@example.com');
    await ask(caller);
    await until('the outbox to be empty', async () => (await unsentOf('dora@example.com')) === 0);
    await linkAccount(scene, 'dora');
    const { id } = await ask(caller);
    await scene.direct(id, 'dora');
    expect(await scene.messages('dora')).toHaveLength(1);
  });

  test('whose account Slack does not know does not block messages to others', async () => {
    const { caller } = await scene.services.agent('carol-tool', 'carol@example.com');
    await linkAccount(scene, 'carol', 'U0GONE');
    await ask(caller);
    await until('the outbox to be empty', async () => (await unsentOf('carol@example.com')) === 0);
    expect(scene.slack.state()).toBe('ok');
    const { id } = await ask();
    await scene.direct(id);
  });
});

test('every message to Slack is within its limits', () => {
  expect(scene.lint()).toEqual([]);
});
