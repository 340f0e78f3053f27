/** The app is uninstalled or its token revoked while the server runs: the server logs it, continues without Slack, and reconnects by itself. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { until } from '../support/until.js';
import { openScene, type Scene } from './scene.js';

let scene: Scene;
beforeAll(async () => {
  scene = await openScene();
  await scene.services.policy();
  await scene.slack.start();
});
afterAll(() => scene.close());
afterEach(() => scene.proxy.clearFaults());

const errors = () => scene.log.filter(({ level }) => level === 'error');

test.each([
  ['app_uninstalled', {}],
  ['tokens_revoked', { tokens: { bot: ['U000000777'], oauth: [] } }],
])(
  '%s: Slack is degraded with a clear word in the log, and asking still works',
  async (type, more) => {
    scene.proxy.inject({
      method: 'auth.test',
      times: Number.POSITIVE_INFINITY,
      fault: 'error',
      error: 'account_inactive',
    });
    const before = errors().length;
    await scene.driver.event({ type, ...more });
    await until('degraded', () => scene.slack.state() === 'degraded');
    expect(errors().slice(before)).toMatchObject([
      {
        fields: { event: type, todo: expect.stringContaining('SLACK_BOT_TOKEN') },
        message: 'vsecure was removed from the Slack workspace',
      },
    ]);
    expect(scene.slack.teamId()).toBeUndefined();
    const { caller } = await scene.services.agent(`during-${type}`);
    const { id } = await scene.services.ask(caller);
    const asked = scene.proxy.callsOf('auth.test').length;
    await until('another attempt', () => scene.proxy.callsOf('auth.test').length > asked);

    scene.proxy.clearFaults();
    await until('Slack to be back', () => scene.slack.state() === 'ok');
    await scene.card(id);
  },
);

test('revoked user tokens change nothing', async () => {
  await scene.driver.event({ type: 'tokens_revoked', tokens: { oauth: ['U0BOB'], bot: [] } });
  await scene.driver.event({ type: 'tokens_revoked', tokens: 'all' });
  await scene.driver.event({ type: 'app_uninstalled' }, { team: 'T0OTHER' });
  const { caller } = await scene.services.agent('after-all');
  await scene.card((await scene.services.ask(caller)).id);
  expect(scene.slack.state()).toBe('ok');
});
