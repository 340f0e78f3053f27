/** Alert commands against the real server: setting, firing, notifying, silencing and removing rules. */

import { beforeEach, expect, test } from 'vitest';
import type { Notification } from '../../src/domain/notification.js';
import { createReceiverWorkers } from '../../src/notify/receiver-workers.js';
import type { Senders } from '../../src/ports/index.js';
import { startServing } from '../http/serving.js';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { until } from '../support/until.js';
import { run, type TerminalOptions } from './terminal.js';

let services: Services;
let admin: TerminalOptions;
/** The notifications that each receiver got. */
let notified: Record<'email' | 'slack' | 'webhook', Notification[]>;

beforeEach(async () => {
  notified = { email: [], slack: [], webhook: [] };
  const record = (receiver: keyof typeof notified) => () => async (one: Notification) => {
    notified[receiver].push(one);
    return { outcome: 'sent' } as const;
  };
  const senders: Senders = {
    email: record('email'),
    slack: record('slack'),
    webhook: record('webhook'),
  };
  services = await buildServices({ senders });
  const serving = await startServing(services);
  admin = { url: serving.server.url, token: services.adminToken };
  const workers = createReceiverWorkers({
    notificationOutbox: services.notificationOutbox,
    send: ({ receiver, version, notification }, signal) =>
      services.useCases.notifyReceiver(receiver, version, notification, signal),
    logger: { warn: () => {} },
    intervalMs: 20,
  });
  workers.start();
  return async () => {
    await workers.stop();
    await serving.close();
    await services.close();
  };
});

const cli = (...argv: string[]) => run(admin, ...argv);
const RULE = '--metric denied_count --over 0 --period 1h --resource production/*'.split(' ');

async function denyOneRequest(): Promise<void> {
  await services.policy();
  const { caller } = await services.agent();
  const { id } = await services.ask(caller);
  const alice = await services.decider('alice@example.com');
  unwrap(await services.useCases.decide(alice, { approval: id, verdict: 'deny', reason: 'no' }));
}

test('a firing rule notifies the receiver in its --to option and no other', async () => {
  const webhook = ['notifications:set', 'webhook', '--url', '--events', 'alert'];
  await run({ ...admin, stdin: 'https://example.com/hook' }, ...webhook);
  await cli(
    'notifications:set',
    'email',
    '--recipients',
    'oncall@example.com',
    '--events',
    'alert',
  );
  const made = await cli('alerts:set', 'denials', ...RULE, '--to', 'webhook');
  expect(made).toMatchObject({ exit: 0, out: 'Saved rule denials.', err: '' });
  await denyOneRequest();
  await services.useCases.evaluateAlerts();
  await until('the alert notification', () => notified.webhook.length > 0);
  expect(notified.webhook).toMatchObject([
    { type: 'alert', outcome: 'firing', details: { rule: 'denials', value: 1, threshold: 0 } },
  ]);
  expect([...notified.email, ...notified.slack]).toEqual([]);

  const listed = (await cli('alerts:list')).out;
  expect(listed).toMatch(/^denials +firing +1 +0 +\d{4}-/m);
  const rules = (await cli('alerts:rules')).out;
  expect(rules).toMatch(
    /^denials +denied_count +0 +1h +vsecure:\/\/secrets\/production\/\* .*webhook +yes$/m,
  );
  for (const builtIn of ['novel_access', 'unusual_hours', 'burst'])
    expect(rules).toMatch(new RegExp(`^${builtIn} +built in .*all +yes$`, 'm'));
});

test('a silenced rule does not fire, and a removed rule is gone', async () => {
  await cli('alerts:set', 'denials', ...RULE);
  const silenced = await cli(
    'alerts:silence',
    'denials',
    '--for',
    '2h',
    '--reason',
    'a test run',
    '--yes',
  );
  expect(silenced.out).toMatch(/^Silenced denials until \d{4}-/);
  await denyOneRequest();
  await services.useCases.evaluateAlerts();
  expect(JSON.parse((await cli('alerts:list', '--json')).out)).not.toContainEqual(
    expect.objectContaining({ state: 'firing' }),
  );
  expect((await cli('alerts:remove', 'denials', '--yes')).out).toBe('Removed denials.');
  expect((await cli('alerts:rules')).out).not.toContain('denials');
  const again = await cli('alerts:remove', 'denials', '--yes');
  expect(again).toMatchObject({ exit: 1, out: '' });
});

test('a built-in rule can be disabled, and removing it restores its defaults', async () => {
  expect((await cli('alerts:set', 'burst', '--disable', '--yes')).out).toBe(
    'Saved rule burst (disabled).',
  );
  expect((await cli('alerts:rules')).out).toMatch(/^burst .* no$/m);
  await cli('alerts:remove', 'burst', '--yes');
  expect((await cli('alerts:rules')).out).toMatch(/^burst .* yes$/m);
});

test('invalid alert options are wrong usage and change nothing', async () => {
  const wrong = [
    ['alerts:set', 'x', '--metric', 'mood'],
    ['alerts:set', 'x', ...RULE, '--over', '-1'],
    ['alerts:set', 'x', ...RULE, '--over', '1.5'],
    ['alerts:set', 'x', ...RULE, '--to', 'pager'],
    ['alerts:silence', 'denials'],
  ];
  for (const argv of wrong) expect((await cli(...argv)).exit, argv.join(' ')).toBe(2);
  expect((await cli('alerts:rules')).out).not.toMatch(/^x /m);
  const agent = await services.agent();
  const refused = await run({ ...admin, token: agent.token }, 'alerts:set', 'x', ...RULE);
  expect(refused).toMatchObject({ exit: 1, out: '' });
});
