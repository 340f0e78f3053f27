/** Every click is answered: also while Slack does not answer, when a handler throws, and when the answer takes long. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { typed } from '../support/slack/view-values.js';
import { until } from '../support/until.js';
import { openScene, type Scene, type SceneOptions, wordsOf } from './scene.js';

let scene: Scene;
afterEach(() => scene.close());

const WHY = { reason: { text: typed('Known incident') } };

async function opened(options?: SceneOptions) {
  scene = await openScene(options);
  await scene.services.policy();
  const agent = await scene.services.agent();
  await scene.slack.start();
  return scene.services.ask(agent.caller);
}

const clickUnknown = () =>
  scene.driver.click({
    user: scene.emulate.users['alice'] ?? '',
    channel: scene.emulate.channelId,
    messageId: '1.1',
    actionId: 'anything',
    triggerId: 'none',
  });

test('until the workspace is known, every interaction is answered and none is handled', async () => {
  scene = await openScene();
  scene.proxy.inject({ method: 'auth.test', times: 1, fault: 'status', status: 503 });
  await scene.slack.start();
  expect([scene.slack.state(), scene.slack.teamId()]).toEqual(['degraded', undefined]);
  expect((await clickUnknown()).status).toBe(200);
  await scene.expectReply('not connected to this workspace yet');

  await until('a connection', () => scene.slack.teamId());
  expect(scene.slack.state()).toBe('ok');
  expect((await clickUnknown()).status).toBe(200);
  await scene.expectReply('older version');
});

test('a wrong bot token degrades Slack without stopping the process, and the log has the fix', async () => {
  scene = await openScene();
  scene.proxy.inject({ method: 'auth.test', fault: 'error', error: 'invalid_auth' });
  await scene.slack.start();
  expect(scene.slack.state()).toBe('degraded');
  expect(JSON.stringify(scene.log)).toContain('SLACK_BOT_TOKEN');
});

test('when a handler throws, the click is acknowledged once and the person gets an explanation', async () => {
  const failing = async () => {
    throw new Error('the database is away: password=hunter2');
  };
  const { id } = await opened({
    change: (parts) => ({ ...parts, cards: { ...parts.cards, shows: failing } }),
  });
  const { status } = await scene.click('alice', id, 'approve');
  expect(status).toBe(200);
  await scene.expectReply('Something went wrong');
  expect(JSON.stringify(scene.log)).not.toContain('hunter2');
});

test('when the decision throws, the form says so and can be submitted again', async () => {
  let broken = true;
  const { id } = await opened({
    change: (parts) => ({
      ...parts,
      decide: (...decision) => {
        if (broken) throw new Error('the database is away');
        return parts.decide(...decision);
      },
    }),
  });
  const form = await scene.openForm('alice', id, 'deny');
  const { status, body } = await scene.submit('alice', form, WHY);
  expect(status).toBe(200);
  expect(wordsOf(body)).toContain('does not know whether your decision was recorded');
  broken = false;
  expect((await scene.submit('alice', form, WHY)).body).toBe('');
});

test('a decision that takes longer than Slack waits is acknowledged in time and shown when it is known', async () => {
  const { id } = await opened({
    change: (parts) => ({
      ...parts,
      decide: async (...decision) => {
        await sleep(2800);
        return parts.decide(...decision);
      },
    }),
  });
  const form = await scene.openForm('alice', id, 'deny');
  const { body, ms } = await scene.submit('alice', form, WHY);
  expect(ms).toBeLessThan(3000);
  expect(wordsOf(body)).toContain('takes longer than usual');
  const late = await until('the late outcome', () => scene.proxy.callsOf('views.update')[0]);
  expect(JSON.stringify(late.body)).toContain('Your decision was recorded');
  expect((await scene.services.store.approvals.find(id))?.status).toBe('denied');
});

test('a form that Slack does not open is explained', async () => {
  const { id } = await opened();
  scene.proxy.inject({ method: 'views.open', fault: 'error', error: 'expired_trigger_id' });
  await scene.click('alice', id, 'approve');
  await scene.expectReply('Click the button again');
});

test('stopping waits for a running decision', async () => {
  let begun = false;
  const { id } = await opened({
    change: (parts) => ({
      ...parts,
      decide: async (...decision) => {
        begun = true;
        await sleep(300);
        return parts.decide(...decision);
      },
    }),
  });
  const form = await scene.openForm('alice', id, 'deny');
  const answer = scene.submit('alice', form, WHY);
  await until('the decision to begin', () => begun);
  await scene.slack.stop(5000);
  expect((await scene.services.store.approvals.find(id))?.status).toBe('denied');
  expect((await answer).body).toBe('');
  expect(scene.slack.state()).toBe('off');
});
