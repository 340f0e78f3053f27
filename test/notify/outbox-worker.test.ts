/** Every committed row is delivered: at least once, with retries, and never twice at the same time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createOutboxWorker,
  type Deliver,
  type OutboxWorker,
} from '../../src/notify/outbox-worker.js';
import type { DeliveryResult, Leased, SlackOutbox } from '../../src/ports/index.js';
import { until } from '../support/until.js';

/** An outbox in memory that keeps the promises of the port, with a clock of its own. */
function createMemoryOutbox(...subjects: readonly string[]) {
  const rows = new Map(
    subjects.map((subject) => [
      subject,
      { wanted: 1, sent: 0, attempts: 0, dueAt: 0, leased: false },
    ]),
  );
  const retries: { readonly subject: string; readonly delayMs: number; readonly error: string }[] =
    [];
  let clock = 0;
  let broken = 0;
  let checks = 0;
  const row = (subject: string) => {
    const found = rows.get(subject);
    if (!found) throw new Error(`no delivery for ${subject}`);
    return found;
  };
  const outbox: SlackOutbox = {
    async lease(_destination, limit) {
      checks += 1;
      if (broken > 0) {
        broken -= 1;
        throw new TypeError('the database is away: select secret');
      }
      const due = [...rows].filter(
        ([, one]) => one.sent < one.wanted && one.dueAt <= clock && !one.leased,
      );
      return due.slice(0, limit).map(([subject, one]) => {
        one.leased = true;
        one.attempts += 1;
        return { subject, wanted: one.wanted, attempts: one.attempts };
      });
    },
    async sent(_destination, { subject, wanted }) {
      Object.assign(row(subject), { sent: wanted, leased: false, attempts: 0 });
    },
    async retry(_destination, { subject }, delayMs, error) {
      retries.push({ subject, delayMs, error });
      Object.assign(row(subject), { dueAt: clock + delayMs, leased: false });
    },
    async retryAll(destination, leased, delayMs, error) {
      for (const one of leased) await outbox.retry(destination, one, delayMs, error);
    },
    failing: async () => [],
  };
  return {
    outbox,
    retries,
    row,
    checks: () => checks,
    pass(ms: number) {
      clock += ms;
    },
    change(subject: string) {
      row(subject).wanted += 1;
    },
    breakFor(times: number) {
      broken = times;
    },
    idle: () => [...rows.values()].every(({ sent, wanted }) => sent === wanted),
  };
}

let relay: OutboxWorker | undefined;
afterEach(() => relay?.stop());

const SENT: DeliveryResult = { outcome: 'sent' };

function started(outbox: ReturnType<typeof createMemoryOutbox>, deliver: Deliver, limit = 4) {
  const log: object[] = [];
  relay = createOutboxWorker({
    outbox: outbox.outbox,
    destination: 'slack_card',
    deliver,
    logger: { warn: (fields, message) => void log.push({ ...fields, message }) },
    intervalMs: 10,
    limit,
  });
  relay.start();
  return { relay, log };
}

test('everything that is due is delivered, with no more deliveries at a time than the limit', async () => {
  const outbox = createMemoryOutbox(...Array.from({ length: 25 }, (_, index) => `s${index}`));
  let running = 0;
  let most = 0;
  started(outbox, async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise(setImmediate);
    running -= 1;
    return SENT;
  });
  await until('an empty outbox', outbox.idle);
  expect(most).toBeLessThanOrEqual(4);
});

test('in a flood of pokes for other outboxes the database is seldom asked, and what becomes due is delivered', async () => {
  const outbox = createMemoryOutbox('s');
  const { lease } = outbox.outbox;
  outbox.outbox.lease = async (...args) => {
    await sleep(2);
    return lease(...args);
  };
  const { relay } = started(outbox, async () => SENT);
  await until('an empty outbox', outbox.idle);
  const before = outbox.checks();
  for (let pokes = 0; pokes < 200; pokes += 1) {
    relay.poke();
    await sleep(1);
  }
  expect(outbox.checks() - before).toBeLessThan(20);
  outbox.change('s');
  relay.poke();
  await until('an empty outbox', outbox.idle);
});

test('a slow delivery does not delay the others', async () => {
  const outbox = createMemoryOutbox('slow', 'a', 'b', 'c', 'd');
  let finish = () => {};
  const slow = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const done: string[] = [];
  started(
    outbox,
    async ({ subject }) => {
      if (subject === 'slow') await slow;
      done.push(subject);
      return SENT;
    },
    2,
  );
  await until('the quick ones', () => done.length === 4);
  finish();
  await until('an empty outbox', outbox.idle);
});

test('a change during a delivery is delivered after it, never at the same time', async () => {
  const outbox = createMemoryOutbox('card');
  const drawn: number[] = [];
  started(outbox, async ({ wanted }) => {
    drawn.push(wanted);
    if (wanted === 1) {
      outbox.change('card');
      relay?.poke();
    }
    await new Promise(setImmediate);
    return SENT;
  });
  await until('both drawings', outbox.idle);
  expect(drawn).toEqual([1, 2]);
});

test('each failure waits longer, unless Slack says how long to wait', async () => {
  const outbox = createMemoryOutbox('card');
  const answers: DeliveryResult[] = [
    ...Array.from({ length: 6 }, (): DeliveryResult => ({ outcome: 'retry', error: 'http_503' })),
    { outcome: 'retry', error: 'rate_limited', retryAfterMs: 7000 },
    SENT,
  ];
  started(outbox, async () => {
    outbox.pass(10 * 60_000);
    return answers.shift() ?? SENT;
  });
  for (let attempt = 1; attempt <= 7; attempt += 1) {
    await until('an attempt', () => outbox.retries.length >= attempt);
    outbox.pass(10 * 60_000);
  }
  await until('an empty outbox', outbox.idle);
  const waits = outbox.retries.map(({ delayMs }) => delayMs);
  for (const [index, usual] of [1000, 5000, 30_000, 120_000, 300_000, 300_000].entries()) {
    expect(waits[index]).toBeGreaterThanOrEqual(usual * 0.8);
    expect(waits[index]).toBeLessThanOrEqual(usual * 1.2);
  }
  expect(waits[6]).toBe(7000);
});

describe('an error', () => {
  test('in a delivery leads to a retry, and only its name is recorded', async () => {
    const outbox = createMemoryOutbox('card');
    let first = true;
    const { log } = started(outbox, async () => {
      if (!first) return SENT;
      first = false;
      throw new RangeError('the reason was hunter2');
    });
    await until('a retry', () => outbox.retries.length === 1);
    expect(outbox.retries[0]?.error).toBe('RangeError');
    outbox.pass(60_000);
    await until('an empty outbox', outbox.idle);
    expect(JSON.stringify(log)).not.toContain('hunter2');
  });

  test('in the database does not stop the worker', async () => {
    const outbox = createMemoryOutbox('card');
    outbox.breakFor(3);
    const { log } = started(outbox, async () => SENT);
    await until('an empty outbox', outbox.idle);
    expect(log).toHaveLength(3);
    expect(JSON.stringify(log)).not.toContain('select secret');
  });
});

test('stopping finishes running deliveries, records their results and starts no new ones', async () => {
  const outbox = createMemoryOutbox('one');
  let begun = 0;
  const { relay } = started(outbox, async (_leased: Leased, signal) => {
    begun += 1;
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return SENT;
  });
  await until('a delivery', () => begun === 1);
  await relay.stop();
  expect(outbox.idle()).toBe(true);
  outbox.change('one');
  relay.poke();
  await new Promise(setImmediate);
  expect(begun).toBe(1);
});

describe('a destination that does not answer', () => {
  const UNAVAILABLE: DeliveryResult = { outcome: 'unavailable', error: 'no_answer' };
  const MANY = Array.from({ length: 100 }, (_, index) => `s${index}`);

  function opened(outbox: ReturnType<typeof createMemoryOutbox>, deliver: Deliver) {
    relay = createOutboxWorker({
      outbox: outbox.outbox,
      destination: 'slack_card',
      deliver,
      logger: { warn: () => {} },
      intervalMs: 5,
      limit: 8,
      pauseMs: (failures) => Math.min(20 * failures, 60),
    });
    relay.start();
  }

  test('is probed by one delivery at a time, and gets all deliveries as soon as it answers', async () => {
    const outbox = createMemoryOutbox(...MANY);
    let away = true;
    let asked = 0;
    opened(outbox, async () => {
      asked += 1;
      return away ? UNAVAILABLE : SENT;
    });
    await until('some probes', () => asked >= 14);
    // Eight were under way when it fell silent; since then one for each rest, and none by a poke or the clock.
    const probed = asked;
    for (let pokes = 0; pokes < 50; pokes += 1) relay?.poke();
    expect(asked - probed).toBeLessThanOrEqual(1);
    expect(new Set(outbox.retries.map(({ subject }) => subject)).size).toBeGreaterThanOrEqual(14);
    away = false;
    // No row waits for minutes: what was tried is due again after a rest, what was not is due.
    outbox.pass(100);
    await until('an empty outbox', outbox.idle);
    expect(Math.max(...outbox.retries.map(({ delayMs }) => delayMs))).toBeLessThanOrEqual(60);
  });

  test('is not paused because of one delivery that never gets an answer', async () => {
    const outbox = createMemoryOutbox(...MANY);
    opened(outbox, async ({ subject }) => (subject === 's0' ? UNAVAILABLE : SENT));
    await until('all the others', () =>
      MANY.every((subject) => subject === 's0' || outbox.row(subject).sent === 1),
    );
    expect(outbox.row('s0').sent).toBe(0);
  });
});
