/** Networks and people repeat interactions: each interaction has one effect, and each copy of it gets an answer. */

import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import type { Caller } from '../../src/domain/rights.js';
import { FORM, toMetadata } from '../../src/slack/format/action-ids.js';
import { sqlOn } from '../../src/store/sql.js';
import { brokenInvariants } from '../support/invariants.js';
import { type ServicesWithSlack, servicesWithSlack } from '../support/slack/services-with-slack.js';
import type { Delivery } from '../support/slack/signed-request.js';

/** Slack's patience (ms). https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response */
const PATIENCE = 3_000;
const LATER = 'takes longer than usual';
const INTERACTIONS = 200;
/** Over which the interactions are spread, and then the copies of each (ms). */
const SPREAD = 10_000;
const JITTER = 400;
/** Makes disorder that is the same each time. */
const PRIME = 7919;

let scene: ServicesWithSlack;
let agent: Caller;
beforeAll(async () => {
  scene = await servicesWithSlack({ users: ['alice'] });
  await scene.services.policy();
  await scene.services.person('alice@example.com');
  agent = (await scene.services.agent()).caller;
});
afterAll(() => scene.close());

const ask = (name: string) =>
  scene.services.ask(agent, { resources: [`vsecure://secrets/production/${name}`] });

/** A submitted form that is sent again, by a second click or as a copy of the same bytes. */
async function sendOften(approval: Approval, place: number): Promise<Delivery[]> {
  const verdict = place % 2 === 0 ? 'approve' : 'deny';
  const metadata = toMetadata({
    approval: approval.id,
    seen: approval.digest,
    policy: approval.policy,
    version: approval.policyVersion,
    asked: 1,
    votes: 0,
    needed: 1,
  });
  const form = { callback_id: FORM[verdict], private_metadata: metadata };
  // The trigger is not used here, and the look-alike takes its time to make one.
  const submit = () =>
    scene.hands.submit('alice', form, { reason: 'one of many' }, { triggerId: 'unused' });
  await sleep((place * PRIME) % SPREAD);
  const first = submit();
  const copies = Array.from({ length: place % 4 }, async (_, copy) => {
    await sleep(((place + copy) * PRIME) % JITTER);
    return copy % 2 === 0 ? submit() : scene.hands.driver.replay(await first);
  });
  return Promise.all([first, ...copies]);
}

test('a replayed, outdated or future-dated interaction reaches no handler', async () => {
  const { hands, workspace } = scene;
  const { id } = await ask('REPLAYED');
  const card = await hands.card(id);
  const { delivery, triggerId } = await hands.clickOn(card, 'alice', 'approve');
  await hands.opened(triggerId);
  const opened = workspace.proxy.callsOf('views.open').length;

  expect(await hands.driver.replay(delivery)).toMatchObject({ status: 200, body: '' });
  const now = Math.floor(Date.now() / 1000);
  for (const timestamp of [now - 360, now + 360]) {
    const forged = await hands.clickOn(card, 'alice', 'approve', { timestamp });
    expect(forged.delivery).toMatchObject({ status: 401, body: '' });
  }
  // What comes after them is handled, so they have had their turn.
  await hands.openForm('alice', id, 'deny');
  expect(workspace.proxy.callsOf('views.open')).toHaveLength(opened + 1);
});

test('each of 200 interactions, delivered one to four times out of order, has one effect, and all are answered in time', async () => {
  const approvals: Approval[] = [];
  for (let place = 0; place < INTERACTIONS; place += 1) approvals.push(await ask(`KEY_${place}`));
  const answers = (await Promise.all(approvals.map(sendOften))).flat();

  expect(answers).toHaveLength(INTERACTIONS * 2.5);
  expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
  // On a busy machine a form may say that the outcome follows; it never says that another person decided first.
  const odd = answers.filter(({ body }) => body !== '' && !JSON.stringify(body).includes(LATER));
  expect(odd).toEqual([]);
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(PATIENCE);
  const [counts] = await sqlOn(scene.services.database.dataSource)(
    `select (select count(*)::int from approval where status = 'approved') as approved,
       (select count(*)::int from approval where status = 'denied') as denied,
       (select count(*)::int from access_grant) as grants, (select count(*)::int from vote) as votes,
       (select count(*)::int from audit_event where body ->> 'type' = 'approval_decided') as decided,
       (select count(*)::int from audit_event where body ->> 'type' = 'decision_refused') as refused`,
  );
  expect(counts).toEqual({
    approved: INTERACTIONS / 2,
    denied: INTERACTIONS / 2,
    grants: INTERACTIONS / 2,
    votes: INTERACTIONS,
    decided: INTERACTIONS,
    refused: 0,
  });
  expect(await brokenInvariants(scene.services.database.dataSource)).toEqual([]);
}, 60_000);
