/** What the owner of a key reads in Slack: facts, no word of the agent's, and never more messages than a person can bear. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
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

test('the owner is told of a request, with Not me, and without the agent’s words', async () => {
  const { id, resource } = await ask();
  const text = textOf(await scene.direct(id));
  expect(text).toContain('Your key `claude-desktop` asks for access');
  expect(text).toContain(resource);
  expect(text).toContain('for 1h');
  expect(text).toContain('"action_id":"not_me"');
  expect(text).not.toContain('everybody');
});

test('the owner is told of the outcome, who decided and why', async () => {
  const { id } = await ask();
  await scene.direct(id);
  await decide(id, 'deny');
  const text = textOf(await scene.direct('*Denied*'));
  expect(text).toContain(`<@${scene.emulate.users['alice']}>`);
  expect(text).toContain('Known incident');
  expect(text).toContain('"action_id":"not_me"');
  expect(text).not.toContain('everybody');
});

test('the owner is told of the first use', async () => {
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

test('what a locked phone shows of it names neither the resource nor the reason', async () => {
  const { id } = await ask();
  const message = await scene.direct(id);
  expect(message['text']).toBe('Your key claude-desktop asks for access.');
});

test('Not me asks once more before it is sent', async () => {
  const { id } = await ask();
  const button = findAction(await scene.direct(id), 'not_me');
  expect(textOf(asObject(button?.['confirm']))).toContain('claude-desktop');
});

describe('what came while nobody could be told', () => {
  const afterSilence = async (name: string, times: number) => {
    await scene.services.agent(name);
    scene.proxy.inject({ method: 'chat.postMessage', fault: 'status', status: 503 });
    await scene.notify('asked', times, name);
    await until('all told', async () => (await scene.unsent()).length === 0);
    return (await scene.messages()).filter((message) => textOf(message).includes(name));
  };

  test('is told one by one up to five', async () => {
    const all = await afterSilence('five-things', 5);
    expect(all).toHaveLength(5);
  });

  test('is told in one message from the sixth on, with Not me for each key', async () => {
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
    const message = await scene.direct('8 things were done with your keys');
    expect((await scene.messages()).length).toBe(before + 1);
    const text = textOf(message);
    expect(text).toContain('`six-things`: 3 requests, 1 first use');
    expect(text.match(/"action_id":"not_me"/g)).toHaveLength(2);
    await until('all told', async () => (await scene.unsent()).length === 0);
  });

  test('is never an alarm that is folded away', async () => {
    const { caller } = await scene.services.agent('alarming');
    await scene.services.store.transaction(async (tx) => {
      const { id: principal, owner: person } = caller.principal;
      for (let one = 0; one < 9; one += 1)
        await tx.enqueueDirectMessage({ person, kind: 'asked', principal });
      await tx.enqueueDirectMessage({ person, kind: 'suspended', principal });
    });
    await scene.direct('The key `alarming` of');
    await scene.direct('9 things were done');
  });

  test('is told after Slack was away, and nothing twice', async () => {
    const all = await afterSilence('away', 1);
    expect(all).toHaveLength(1);
  });
});

describe('somebody who cannot be told', () => {
  const unsentOf = async (email: string) => (await scene.unsent(email)).length;

  test('because they have no account here is left alone, and it does not pile up', async () => {
    const { caller } = await scene.services.agent('dora-tool', 'dora@example.com');
    await ask(caller);
    await until('nothing to tell', async () => (await unsentOf('dora@example.com')) === 0);
    await linkAccount(scene, 'dora');
    const { id } = await ask(caller);
    await scene.direct(id, 'dora');
    expect(await scene.messages('dora')).toHaveLength(1);
  });

  test('because Slack does not know their account harms nobody else', async () => {
    const { caller } = await scene.services.agent('carol-tool', 'carol@example.com');
    await linkAccount(scene, 'carol', 'U0GONE');
    await ask(caller);
    await until('nothing to tell', async () => (await unsentOf('carol@example.com')) === 0);
    expect(scene.slack.state()).toBe('ok');
    const { id } = await ask();
    await scene.direct(id);
  });
});

test('nothing that went to Slack broke a limit of its', () => {
  expect(scene.lint()).toEqual([]);
});
