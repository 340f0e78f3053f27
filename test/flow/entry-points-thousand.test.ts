/** Networks deliver a thing up to four times, in any order: what people did has one effect, and every copy is answered at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import { findAction } from '../support/slack/card.js';
import { asString, type JsonObject } from '../support/slack/json.js';
import { type ServicesWithSlack, servicesWithSlack } from '../support/slack/services-with-slack.js';
import type { Delivery } from '../support/slack/signed-request.js';
import { until } from '../support/until.js';

const INTERACTIONS = 1_000;
/** People who are at it at the same time. */
const PEOPLE = 5;
/** Over which the copies of one interaction are spread (ms). */
const JITTER = 60;
/** Makes disorder that is the same each time. */
const PRIME = 7919;
/** 99 of 100 acknowledgements come within (ms); Slack waits for 3,000. */
const PROMPT = 500;

let scene: ServicesWithSlack;
let approval: Approval;
let card: JsonObject;
beforeAll(async () => {
  scene = await servicesWithSlack({ users: ['alice', 'carol'] });
  await scene.services.policy({ approvers: ['alice@example.com', 'carol@example.com'] });
  approval = await scene.services.ask((await scene.services.agent()).caller);
  card = await scene.hands.card(approval.id);
});
afterAll(() => scene.close());

/** Clicks that open a form, slash commands, and clicks on unknown buttons. */
const KINDS = ['click', 'command', 'unknown', 'unknown'] as const;

async function interaction(place: number): Promise<Delivery> {
  const user = scene.workspace.idOf('alice');
  const channel = scene.workspace.emulate.channelId;
  const messageId = asString(card['ts']);
  const kind = KINDS[place % KINDS.length];
  if (kind === 'command')
    return scene.hands.driver.command({ user, channel, text: `help ${place}` });
  if (kind === 'unknown')
    return scene.hands.driver.click({
      user,
      channel,
      messageId,
      actionId: `gone_${place}`,
      triggerId: 'none',
    });
  const value = asString(findAction(card, 'deny')?.['value']);
  return scene.hands.driver.click({
    user,
    channel,
    messageId,
    actionId: 'deny',
    value,
    triggerId: await scene.workspace.emulate.trigger(user),
  });
}

async function sendOften(place: number): Promise<Delivery[]> {
  const first = interaction(place);
  const copies = Array.from({ length: Math.floor(place / KINDS.length) % 4 }, async (_, copy) => {
    await sleep(((place + copy) * PRIME) % JITTER);
    return scene.hands.driver.replay(await first);
  });
  return Promise.all([first, ...copies]);
}

/** Each of them does one thing after the other. */
async function sendAll(): Promise<Delivery[]> {
  const sent: Delivery[] = [];
  let place = 0;
  const person = async () => {
    while (place < INTERACTIONS) {
      place += 1;
      sent.push(...(await sendOften(place - 1)));
    }
  };
  await Promise.all(Array.from({ length: PEOPLE }, person));
  return sent;
}

test('each of 1,000 interactions that come one to four times has one effect, and all are acknowledged promptly', async () => {
  const opened = scene.workspace.proxy.callsOf('views.open').length;
  const answers = await sendAll();
  expect(answers.length).toBeGreaterThan(INTERACTIONS * 2.4);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);

  await until(
    'every form',
    () => scene.workspace.proxy.callsOf('views.open').length >= opened + INTERACTIONS / 4,
  );
  await until('every answer', () => scene.workspace.sink.bodies.length >= (INTERACTIONS * 3) / 4);
  // Whatever came twice has had its turn with these.
  expect((await interaction(1)).status).toBe(200);
  await until('one more answer', () => scene.workspace.sink.bodies.length > (INTERACTIONS * 3) / 4);
  expect(scene.workspace.proxy.callsOf('views.open')).toHaveLength(opened + INTERACTIONS / 4);
  expect(scene.workspace.sink.bodies).toHaveLength((INTERACTIONS * 3) / 4 + 1);

  const times = answers.map(({ ms }) => ms).sort((a, b) => a - b);
  expect(times[Math.floor(times.length * 0.99)]).toBeLessThan(PROMPT);
}, 110_000);
