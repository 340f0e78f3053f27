/** `vsecure slack:check` as a command: its exit codes, its JSON, and its messages when settings are missing. */

import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from '../support/database.js';
import { startVsecure } from '../support/server.js';
import { buildServices, PRODUCTION } from '../support/services.js';
import type { Emulate } from '../support/slack/emulate.js';
import type { FaultProxy } from '../support/slack/fault-proxy.js';
import { deliver, FORM, sign } from '../support/slack/signed-request.js';
import { vsecure } from '../support/vsecure.js';
import { openWorkspace } from './check-scene.js';

const closing: (() => Promise<unknown>)[] = [];
let emulate: Emulate;
let proxy: FaultProxy;
beforeEach(async () => {
  const opened = await openWorkspace();
  closing.push(opened.close);
  ({ emulate, proxy } = opened);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

describe('as a command', () => {
  async function server() {
    const database = await testDatabase();
    const services = await buildServices({ database });
    closing.push(services.close);
    await services.policy({ channel: 'C0OTHER' });
    const env = {
      SLACK_BOT_TOKEN: emulate.botToken,
      SLACK_SIGNING_SECRET: emulate.signingSecret,
      SLACK_CHANNEL: emulate.channelId,
      SLACK_API_URL: proxy.apiUrl,
    };
    const running = await startVsecure({ database, masterKey: services.masterKeyText, env });
    closing.push(() => running.kill9());
    return { services, env: { ...running.env, PUBLIC_URL: running.url } };
  }

  const run = async (env: Record<string, string>, ...words: string[]) => {
    const ended = await vsecure(['slack:check', ...words], { env });
    for (const secret of [emulate.botToken, emulate.signingSecret])
      expect(`${ended.stdout}${ended.stderr}`).not.toContain(secret);
    return ended;
  };

  test('it exits with 1 while the channel of a policy is wrong, and with 0 when all checks pass', async () => {
    const { services, env } = await server();
    const first = await run(env);
    expect(first.exit).toBe(1);
    expect(first.stdout).toContain(
      `✗ failed   channel C0OTHER (${PRODUCTION}): Slack refused: channel_not_found. Fix: `,
    );
    expect(first.stdout).toContain('✓ ok       event address: a signed request');
    expect(first.stdout.trimEnd().split('\n').at(-1)).toBe('1 check failed.');

    await services.policy({ channel: emulate.channelId });
    const second = await run(env, '--json');
    expect(second).toMatchObject({ exit: 0, stderr: '' });
    const { ok, checks } = JSON.parse(second.stdout);
    expect(ok).toBe(true);
    expect(checks).toContainEqual({
      check: `channel ${emulate.channelId} (default, ${PRODUCTION})`,
      result: 'ok',
      says: expect.stringContaining('#approvals'),
    });
  });

  test('doctor finds the same about Slack, and reads the policies itself', async () => {
    const { services, env } = await server();
    const doctor = async () => {
      const ended = await vsecure(['doctor', '--json'], { env: { ...env, PORT: '0' } });
      for (const secret of [emulate.botToken, emulate.signingSecret])
        expect(`${ended.stdout}${ended.stderr}`).not.toContain(secret);
      const checks: { check: string; result: string; message: string }[] = JSON.parse(
        ended.stdout,
      ).checks;
      return { ...ended, ofSlack: checks.filter(({ check }) => check.startsWith('Slack: ')) };
    };
    const broken = await doctor();
    expect(broken.exit).toBe(1);
    expect(broken.ofSlack).toContainEqual({
      check: `Slack: channel C0OTHER (${PRODUCTION})`,
      result: 'failed',
      message: 'Slack refused: channel_not_found',
      fix: expect.any(String),
    });
    await services.policy({ channel: emulate.channelId });
    const alone = JSON.parse((await run(env, '--json')).stdout).checks;
    const found = await doctor();
    expect(found.exit).toBe(0);
    expect(found.ofSlack.map(({ check, result }) => [check, result])).toEqual(
      alone.map((one: { check: string; result: string }) => [`Slack: ${one.check}`, one.result]),
    );
  });

  test('it fails when the server has refused the signature of every request, as with the signing secret of another app', async () => {
    const { services, env } = await server();
    await services.policy({ channel: emulate.channelId });
    const at = `${env.PUBLIC_URL}/slack/events`;
    const send = async (secret: string) =>
      (await deliver(at, sign(`payload=${randomUUID()}`, FORM, { secret }))).status;
    for (const _ of [1, 2, 3]) expect(await send('of-another-app')).toBe(401);
    const wrong = await run(env);
    expect(wrong.exit).toBe(1);
    expect(wrong.stdout).toMatch(
      /failed +signatures: the server has accepted 0 and refused 3 requests by their signature, the last at .*Fix: set SLACK_SIGNING_SECRET/,
    );
    const ready = async () => (await fetch(`${env.PUBLIC_URL}/readyz`)).json();
    expect(await ready()).toMatchObject({
      status: 'ok',
      slack_signatures: { accepted: 0, refused: 3, todo: expect.stringContaining('SECRET') },
    });
    await send(emulate.signingSecret);
    const mixed = await run(env);
    expect(mixed.exit).toBe(0);
    expect(mixed.stdout).toMatch(/warning +signatures: the server has accepted 1 and refused 3/);
  });

  test('it names a missing database and a missing default channel', async () => {
    const ended = await run({
      SLACK_BOT_TOKEN: emulate.botToken,
      SLACK_SIGNING_SECRET: emulate.signingSecret,
      SLACK_API_URL: proxy.apiUrl,
      SLACK_LINK_BY_EMAIL: 'off',
    });
    expect(ended.exit).toBe(1);
    expect(ended.stdout).toContain('– skipped  policies’ channels: there is no database yet');
    expect(ended.stdout).toContain('✗ failed   default channel: SLACK_CHANNEL is not set');
    expect(ended.stdout).toContain('– skipped  people by e-mail: turned off');
  });

  test('it exits with 2 for wrong arguments and missing settings', async () => {
    const wrong = await run({ SLACK_BOT_TOKEN: emulate.botToken }, '--loud');
    expect(wrong).toMatchObject({
      exit: 2,
      stdout: '',
      stderr: expect.stringContaining("unknown option '--loud'"),
    });
    expect(await run({})).toMatchObject({
      exit: 2,
      stderr: expect.stringContaining('SLACK_BOT_TOKEN: required to check Slack'),
    });
    expect(await run({}, '--help')).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('Usage: vsecure slack:check'),
    });
  });
});
