/** Alerts from a terminal, against the real server: a rule is set, fires, is told to the receiver it names, and is silenced. */

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
/** What each receiver was told. */
let told: Record<'email' | 'slack' | 'webhook', Notification[]>;

beforeEach(async () => {
  told = { email: [], slack: [], webhook: [] };
  const tellTo = (receiver: keyof typeof told) => () => async (one: Notification) => {
    told[receiver].push(one);
    return { outcome: 'sent' } as const;
  };
  const senders: Senders = {
    email: tellTo('email'),
    slack: tellTo('slack'),
    webhook: tellTo('webhook'),
  };
  services = await buildServices({ senders });
  const serving = await startServing(services);
  admin = { url: serving.server.url, token: services.adminToken };
  const relay = createReceiverWorkers({
    notificationOutbox: services.notificationOutbox,
    send: ({ receiver, version, notification }, signal) =>
      services.useCases.notifyReceiver(receiver, version, notification, signal),
    logger: { warn: () => {} },
    intervalMs: 20,
  });
  relay.start();
  return async () => {
    await relay.stop();
    await serving.close();
    await services.close();
  };
});

const cli = (...argv: string[]) => run(admin, ...argv);
const RULE = '--metric denied_count --over 0 --period 1h --resource production/*'.split(' ');

async function denied(): Promise<void> {
  await services.policy();
  const { caller } = await services.agent();
  const { id } = await services.ask(caller);
  const alice = await services.decider('alice@example.com');
  unwrap(await services.useCases.decide(alice, { approval: id, verdict: 'deny', reason: 'no' }));
}

test('a rule that fires tells the receiver that it names, and no other', async () => {
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
  expect(made).toMatchObject({ exit: 0, out: 'Set denials.', err: '' });
  await denied();
  await services.useCases.evaluateAlerts();
  await until('the alert to be told', () => told.webhook.length > 0);
  expect(told.webhook).toMatchObject([
    { type: 'alert', outcome: 'firing', details: { rule: 'denials', value: 1, threshold: 0 } },
  ]);
  expect([...told.email, ...told.slack]).toEqual([]);

  const listed = (await cli('alerts:list')).out;
  expect(listed).toMatch(/^denials +firing +1 +0 +\d{4}-/m);
  const rules = (await cli('alerts:rules')).out;
  expect(rules).toMatch(
    /^denials +denied_count +0 +1h +vsecure:\/\/secrets\/production\/\* .*webhook +yes$/m,
  );
  for (const builtIn of ['novel_access', 'unusual_hours', 'burst'])
    expect(rules).toMatch(new RegExp(`^${builtIn} +built in .*all +yes$`, 'm'));
});

test('what is silenced fires nothing, and what is removed is gone', async () => {
  await cli('alerts:set', 'denials', ...RULE);
  const silenced = await cli('alerts:silence', 'denials', '--for', '2h', '--reason', 'a test run');
  expect(silenced.out).toMatch(/^Silenced denials until \d{4}-/);
  await denied();
  await services.useCases.evaluateAlerts();
  expect(JSON.parse((await cli('alerts:list', '--json')).out)).not.toContainEqual(
    expect.objectContaining({ state: 'firing' }),
  );
  expect((await cli('alerts:remove', 'denials')).out).toBe('Removed denials.');
  expect((await cli('alerts:rules')).out).not.toContain('denials');
  const again = await cli('alerts:remove', 'denials');
  expect(again).toMatchObject({ exit: 1, out: '' });
});

test('a built-in rule is switched off and comes back when it is removed', async () => {
  expect((await cli('alerts:set', 'burst', '--disable')).out).toBe(
    'Set burst, which is switched off.',
  );
  expect((await cli('alerts:rules')).out).toMatch(/^burst .* no$/m);
  await cli('alerts:remove', 'burst');
  expect((await cli('alerts:rules')).out).toMatch(/^burst .* yes$/m);
});

test('what cannot be meant is wrong usage, and sets nothing', async () => {
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
