/** Slack errors that a person must fix are shown where an operator looks: in `/readyz` and on the command line. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readiness } from '../../src/contract/readiness.js';
import type { ApprovalId } from '../../src/domain/approval.js';
import { run } from '../cli/terminal.js';
import { type ServicesWithSlack, servicesWithSlack } from '../support/slack/services-with-slack.js';
import { until } from '../support/until.js';

const ALWAYS = Number.POSITIVE_INFINITY;

let scene: ServicesWithSlack;
let token: string;
let agent: Awaited<ReturnType<ServicesWithSlack['services']['agent']>>;
beforeAll(async () => {
  scene = await servicesWithSlack({ users: ['alice', 'carol'] });
  await scene.services.policy({ approvers: ['alice@example.com', 'carol@example.com'] });
  token = (await scene.services.human('alice@example.com')).token;
  agent = await scene.services.agent();
});
afterEach(() => scene.workspace.proxy.clearFaults());
afterAll(() => scene.close());

const ask = async (name: string): Promise<ApprovalId> =>
  (await scene.services.ask(agent.caller, { resources: [`vsecure://secrets/production/${name}`] }))
    .id;

const terminal = (...argv: string[]) => run({ url: scene.url, token }, ...argv);

const ready = async () => {
  const { status, body } = await scene.ready();
  expect(status).toBe(200);
  return readiness.parse(body);
};
const faults = () => until('a fault in /readyz', async () => (await ready()).slack_faults);
const noFaults = () => until('no fault in /readyz', async () => !(await ready()).slack_faults);

test('without a fault /readyz reports none', async () => {
  await scene.hands.card(await ask('CALM'));
  expect((await scene.ready()).body).toEqual({ status: 'ok', database: 'ok', slack: 'ok' });
  expect((await terminal('mcp:approvals')).err).not.toContain('Slack');
});

test('a revoked token is reported with its fix, people decide elsewhere, and decided requests no longer wait', async () => {
  scene.workspace.proxy.inject({
    method: /^chat\./,
    times: ALWAYS,
    fault: 'error',
    error: 'token_revoked',
  });
  const id = await ask('REVOKED_TOKEN');
  const found = await faults();
  expect(found).toMatchObject([{ code: 'token_revoked', waiting: 1 }]);
  expect(await ready()).toMatchObject({ status: 'ok', slack: 'degraded' });
  const [fault] = found;
  expect(fault?.todo).toContain('SLACK_BOT_TOKEN');
  expect(fault?.channel).toBeUndefined();
  expect(Math.abs(Date.now() - Date.parse(fault?.since ?? ''))).toBeLessThan(60_000);
  expect(
    await terminal('mcp:deny', id, '--reason', 'Slack is out of order', '--yes'),
  ).toMatchObject({
    exit: 0,
  });
  await noFaults();
});

test('the command line also names a channel without the bot when it lists waiting requests', async () => {
  const { proxy, emulate } = scene.workspace;
  proxy.inject({
    method: 'chat.postMessage',
    times: ALWAYS,
    fault: 'error',
    error: 'not_in_channel',
    when: ({ channel }) => channel === emulate.channelId,
  });
  const id = await ask('NOT_INVITED');
  expect(await faults()).toMatchObject([
    { code: 'not_in_channel', channel: emulate.channelId, waiting: 1 },
  ]);
  const { exit, err } = await terminal('mcp:approvals', '--status', 'pending');
  expect(exit).toBe(0);
  expect(err).toContain('Slack problem (not_in_channel)');
  expect(err).toContain(`1 message for channel ${emulate.channelId} undelivered`);
  expect(err).toContain('Fix: check the channel id, and invite the bot there');
  expect((await terminal('mcp:approvals', '--json')).err).toBe('');
  await terminal('mcp:deny', id, '--reason', 'Only a test', '--yes');
  await noFaults();
});
