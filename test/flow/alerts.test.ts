/** Alerts fire once, resolve, respect cooldown and silence, even if several processes evaluate them. */
import { EventEmitter, once } from 'node:events';
import type { DataSource } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chainHash } from '../../src/crypto/chain-hash.js';
import { makeId } from '../../src/crypto/ids.js';
import type { AlertRuleChange } from '../../src/domain/alert.js';
import type { Store } from '../../src/ports/index.js';
import { openDatabase } from '../../src/store/database.js';
import { createStore } from '../../src/store/store.js';
import { createEvaluateAlerts } from '../../src/usecases/metrics/evaluate-alerts.js';
import { buildServices, refusalOf, type Services, unwrap } from '../support/services.js';
import { checkThenFire } from './broken-alerts.js';

const RULE: AlertRuleChange = { metric: 'access_count', threshold: 50, period: 3_600_000 };
const DAY = 86_400_000;

let services: Services;
let second: DataSource;
let other: Store;
/** What every rule with a metric measures now. */
let count = 0;
beforeAll(async () => {
  services = await buildServices();
  second = await openDatabase(services.database.connection);
  other = createStore(second, { chain: chainHash, makeId });
});
afterAll(async () => {
  await second.destroy();
  await services.close();
});
beforeEach(async () => {
  count = 0;
  await services.database.dataSource.query('truncate alert, alert_rule, alert_silence');
});

const measured = (store: Store): Store => ({
  ...store,
  metrics: { ...store.metrics, measure: async () => ({ count }) },
});
const evaluateAt = (value: number, store = services.store) => {
  count = value;
  return createEvaluateAlerts(measured(store))();
};
const set = async (change: AlertRuleChange = RULE, name = 'many') =>
  unwrap(await services.useCases.manageAlerts.setAlertRule(services.admin, name, change));
const sequence = async () => (await newest())?.sequence ?? 0;
const newest = async () => (await services.store.audit.list({}, { limit: 1 })).items[0];
const alertEvents = async (since: number) =>
  (await services.store.audit.list({}, { limit: 200 })).items
    .filter((event) => event.sequence > since && event.type.startsWith('alert_'))
    .toReversed()
    .map(({ type, details }) => `${type} ${String(details?.['alert'])}`);
const later = (ms: number) =>
  services.database.dataSource.query(
    `update alert set fired_at = fired_at - $1::float8 * interval '1 ms'`,
    [ms],
  );

describe('an alert rule over a metric', () => {
  test('a rule fires above its threshold, once until it is resolved, and again only after the cooldown', async () => {
    await set();
    const before = await sequence();
    for (const value of [50, 51, 52, 50, 51]) await evaluateAt(value);
    expect(await alertEvents(before)).toEqual(['alert_fired many', 'alert_resolved many']);
    await later(3_600_000);
    await evaluateAt(51);
    expect((await alertEvents(before)).at(-1)).toBe('alert_fired many');
    expect((await newest())?.details).toEqual({
      alert: 'many',
      rule: 'many',
      metric: 'access_count',
      threshold: 50,
      value: 51,
      period: 3_600_000,
    });
  });

  test('a rule over the time to decision compares whole seconds', async () => {
    await set({ metric: 'time_to_decision', threshold: 60, period: 3_600_000 });
    const evaluate = (median: number) =>
      createEvaluateAlerts({
        ...services.store,
        metrics: { ...services.store.metrics, measure: async () => ({ count: 1, median }) },
      })();
    const before = await sequence();
    await evaluate(60_000);
    expect(await alertEvents(before)).toEqual([]);
    await evaluate(60_001.5);
    expect((await newest())?.details).toMatchObject({ alert: 'many', value: 61 });
    const half = { ...RULE, threshold: 1.5 };
    const { manageAlerts } = services.useCases;
    expect(refusalOf(await manageAlerts.setAlertRule(services.admin, 'half', half))).toBe(
      'invalid_input',
    );
  });

  test('a firing rule notifies the receivers that it names', async () => {
    await set({ ...RULE, to: ['email', 'webhook'] });
    await evaluateAt(99);
    expect((await newest())?.details?.['to']).toEqual(['email', 'webhook']);
  });

  test('a silenced rule does not fire until the silence ends', async () => {
    await set();
    const silence = { rule: 'many', duration: DAY, reason: 'a load test' };
    unwrap(await services.useCases.manageAlerts.silenceAlert(services.admin, silence));
    const before = await sequence();
    await evaluateAt(99);
    expect(await alertEvents(before)).toEqual([]);
    await services.database.dataSource.query('update alert_silence set until = clock_timestamp()');
    await evaluateAt(99);
    expect(await alertEvents(before)).toEqual(['alert_fired many']);
  });

  test('a disabled rule resolves its alerts and does not fire', async () => {
    await set();
    await evaluateAt(99);
    const before = await sequence();
    await set({ enabled: false });
    await evaluateAt(99);
    await evaluateAt(99);
    expect((await alertEvents(before)).slice(1)).toEqual(['alert_resolved many']);
  });

  test('a rule that cannot be evaluated does not stop the other rules', async () => {
    await set({ ...RULE, key: 'broken' }, 'a-broken-one');
    await set({}, 'burst');
    await set();
    const before = await sequence();
    const failing: Store = {
      ...services.store,
      alerts: { ...services.store.alerts, findAnomalies: () => Promise.reject(new Error('down')) },
      metrics: {
        ...services.store.metrics,
        measure: async (_, { key }) => (key ? Promise.reject(new Error('down')) : { count: 99 }),
      },
    };
    await expect(createEvaluateAlerts(failing)()).rejects.toThrow(AggregateError);
    expect(await alertEvents(before)).toEqual(['alert_fired many']);
  });
});

test('a rule counts only the real requests that match its filter', async () => {
  await services.policy({ requiresApproval: false });
  await services.policy({ requiresApproval: false }, 'vsecure://secrets/staging/*');
  const { caller } = await services.agent('counted');
  const asked = { metric: 'request_count', threshold: 0, period: 3_600_000 } as const;
  await set({ ...asked, resource: 'vsecure://secrets/production/*', key: 'counted' });
  const before = await sequence();
  await services.ask(caller, { resources: ['vsecure://secrets/staging/KEY'] });
  await services.useCases.evaluateAlerts();
  expect(await alertEvents(before)).toEqual([]);
  await services.ask(caller);
  await services.useCases.evaluateAlerts();
  expect(await alertEvents(before)).toEqual(['alert_fired many']);
});

describe('two processes that evaluate a rule at the same time', () => {
  const race = async (stores: readonly Store[]) => {
    await set();
    const before = await sequence();
    await Promise.all(stores.map((store) => evaluateAt(99, store)));
    return (await alertEvents(before)).filter((line) => line === 'alert_fired many').length;
  };

  test('two concurrent evaluations fire an alert once', async () => {
    const many = Array.from({ length: 4 }, () => [services.store, other]).flat();
    expect(await race(many)).toBe(1);
  });

  test('a store that checks before it fires would fire twice', async () => {
    let looking = 0;
    const gate = new EventEmitter();
    const opened = once(gate, 'open');
    const bothLooked = () => {
      looking += 1;
      if (looking === 2) gate.emit('open');
      return opened;
    };
    const broken = [services.store, other].map((store) => checkThenFire(store, bothLooked));
    expect(await race(broken)).toBe(2);
  });
});

describe('invalid alert rules', () => {
  test.each<[string, AlertRuleChange]>([
    ['line\nbreak', RULE],
    ['bell\u0007', RULE],
    ['Upper', RULE],
    ['', RULE],
    ['x'.repeat(65), RULE],
    ['nothing', {}],
    ['negative', { ...RULE, threshold: -1 }],
    ['endless', { ...RULE, threshold: Number.POSITIVE_INFINITY }],
    ['short', { ...RULE, period: 1000 }],
    ['key', { ...RULE, key: 'a\r\nBcc: eve@example.com' }],
    ['twice', { ...RULE, to: ['email', 'email'] }],
    ['no receiver', { ...RULE, to: [] }],
    ['burst', RULE],
  ])('the rule %j is refused', async (name, change) => {
    const result = await services.useCases.manageAlerts.setAlertRule(services.admin, name, change);
    expect(refusalOf(result)).toBe('invalid_input');
  });

  test('a rule with an invalid pattern is refused', async () => {
    const change = { ...RULE, resource: 'vsecure://secrets/../x' };
    const result = await services.useCases.manageAlerts.setAlertRule(services.admin, 'bad', change);
    expect(refusalOf(result)).toBe('invalid_resource');
  });
});

test('an agent key can neither read nor change alerts', async () => {
  const { caller } = await services.agent('nosy');
  const { manageAlerts: use } = services.useCases;
  const silence = { rule: 'burst', duration: DAY, reason: 'mine' };
  const tried = [
    use.listAlertRules(caller),
    use.listAlerts(caller),
    use.setAlertRule(caller, 'burst', { enabled: false }),
    use.removeAlertRule(caller, 'burst'),
    use.silenceAlert(caller, silence),
  ];
  for (const result of await Promise.all(tried)) expect(refusalOf(result)).toBe('not_allowed');
});
