/** The Slack outbox: a due delivery is leased to one process at a time, by the database's clock, and no change is lost. */

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCards } from '../../src/store/cards.js';
import { sqlIn } from '../../src/store/sql.js';
import { buildServices, type Services } from '../support/services.js';
import { anotherProcess, sqlState } from './scene.js';

const MINUTE = 60_000;

let services: Services;
let other: Awaited<ReturnType<typeof anotherProcess>>;
let ids: `appr_${string}`[];
beforeAll(async () => {
  services = await buildServices();
  other = await anotherProcess(services);
  await services.policy();
  const { caller } = await services.agent();
  ids = [];
  for (let n = 1; n <= 8; n += 1)
    ids.push((await services.ask(caller, { duration: n * MINUTE })).id);
});
afterAll(async () => {
  await other.close();
  await services.close();
});
beforeEach(() => sql('delete from delivery'));

const sql = (text: string) => services.database.dataSource.query(text);
const touch = (...subjects: `appr_${string}`[]) =>
  services.store.transaction(async (tx) => {
    for (const id of subjects) await tx.enqueueCardUpdate(id);
  });
const lease = (limit = 10, ms = MINUTE) => services.slackOutbox.lease('slack_card', limit, ms);
const first = () => ids[0] ?? 'appr_';

/** Leases the only delivery that is due. */
async function one(ms = MINUTE) {
  for (;;) {
    const [leased] = await lease(1, ms);
    if (leased) return leased;
  }
}

describe('a lease', () => {
  test('is given to one of two processes that ask at the same moment', async () => {
    await touch(...ids);
    const batches = await Promise.all(
      Array.from({ length: 10 }, (_, turn) =>
        (turn % 2 ? services : other).slackOutbox.lease('slack_card', 3, MINUTE),
      ),
    );
    const subjects = batches.flat().map(({ subject }) => subject);
    const rest = (await lease()).map(({ subject }) => subject);
    expect([...subjects, ...rest].sort()).toEqual([...ids].sort());
    expect(await lease()).toEqual([]);
  });

  test('skips a delivery that a transaction is changing, and includes it after the commit', async () => {
    await touch(...ids);
    await services.database.dataSource.transaction(async (manager) => {
      await sqlIn(manager)('update delivery set wanted = wanted + 1 where subject = $1', [first()]);
      const batches = await Promise.all([
        lease(),
        other.slackOutbox.lease('slack_card', 10, MINUTE),
      ]);
      const subjects = batches.flat().map(({ subject }) => subject);
      expect(subjects.sort()).toEqual(ids.filter((id) => id !== first()).sort());
    });
    expect(await lease()).toMatchObject([{ subject: first(), wanted: 2, attempts: 1 }]);
  });

  test('that expires is given again, and counted', async () => {
    await touch(first());
    expect(await one(1)).toMatchObject({ attempts: 1 });
    expect(await one()).toMatchObject({ subject: first(), attempts: 2 });
    expect(await lease()).toEqual([]);
  });

  test('covers the state when it was given: a later change stays due', async () => {
    await touch(first());
    const leased = await one();
    await touch(first());
    expect(await lease()).toEqual([]);
    await services.slackOutbox.sent('slack_card', leased);
    expect(await one()).toMatchObject({
      subject: first(),
      wanted: leased.wanted + 1,
      attempts: 1,
    });
  });

  test('is not given for a delivery that was sent', async () => {
    await touch(first());
    await services.slackOutbox.sent('slack_card', await one());
    expect(await lease()).toEqual([]);
  });

  test('is not lost to a late answer about an older state', async () => {
    await touch(first());
    const old = await one(1);
    await touch(first());
    const fresh = await one();
    await services.slackOutbox.sent('slack_card', fresh);
    await services.slackOutbox.sent('slack_card', old);
    expect(await lease()).toEqual([]);
    expect(await sql('select sent, wanted from delivery')).toEqual([{ sent: 2, wanted: 2 }]);
  });
});

describe('many changes', () => {
  test('before the next lease are one delivery of the latest state', async () => {
    await Promise.all(Array.from({ length: 20 }, () => touch(first())));
    expect(await lease()).toMatchObject([{ subject: first(), wanted: 20 }]);
  });

  test('of a transaction that is rolled back are no delivery', async () => {
    const failed = services.store.transaction(async (tx) => {
      await tx.enqueueCardUpdate(first());
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow();
    expect(await lease()).toEqual([]);
  });
});

describe('a retry', () => {
  const delayLeft = async () => {
    const [row] = await sql(
      'select extract(epoch from not_before - clock_timestamp())::float8 * 1000 as ms from delivery',
    );
    return row.ms;
  };

  test('waits for its delay, by the database\u2019s clock', async () => {
    await touch(first());
    await services.slackOutbox.retry('slack_card', await one(), MINUTE, 'rate_limited');
    expect(await lease()).toEqual([]);
    expect(await delayLeft()).toBeGreaterThan(MINUTE - 5000);
    expect(await delayLeft()).toBeLessThanOrEqual(MINUTE);
    await sql(`update delivery set not_before = clock_timestamp()`);
    expect(await one()).toMatchObject({ subject: first(), attempts: 2 });
  });

  test('is due after its delay, and not before', async () => {
    await touch(first());
    await services.slackOutbox.retry('slack_card', await one(), 100, 'rate_limited');
    const [{ not_before: due }] = await sql('select not_before from delivery');
    await one();
    expect((await services.store.now()).getTime()).toBeGreaterThanOrEqual(due.getTime());
  });

  test('does not delay a change that arrived during the failed attempt', async () => {
    await touch(first());
    const leased = await one();
    await touch(first());
    await services.slackOutbox.retry('slack_card', leased, MINUTE, 'rate_limited');
    expect(await one()).toMatchObject({ wanted: leased.wanted + 1, attempts: 1 });
  });

  test('keeps the error, cut to its maximum length', async () => {
    await touch(first());
    await services.slackOutbox.retry('slack_card', await one(), 0, 'x'.repeat(9000));
    expect(await sql('select char_length(last_error) as n from delivery')).toEqual([{ n: 500 }]);
    await services.slackOutbox.sent('slack_card', await one());
    expect(await sql('select last_error, attempts from delivery')).toEqual([
      { last_error: null, attempts: 0 },
    ]);
  });
});

describe('the card of a request that a person has just decided', () => {
  const decided = (id: string, ago: string) =>
    sql(
      `update approval set status = 'denied', settled_at = clock_timestamp() - interval '${ago}', decision_reason = 'No',
         settled_by = (select id from person limit 1) where id = '${id}'`,
    );
  const urgent = () => services.slackOutbox.lease('slack_card', 10, MINUTE, true);

  test('is leased before all others for the first seconds', async () => {
    const [mine = 'appr_', old = 'appr_'] = ids.slice(6);
    await decided(mine, '1 second');
    await decided(old, '1 minute');
    await touch(...ids);
    expect(await urgent()).toMatchObject([{ subject: mine, urgent: true }]);
    const [leased] = await lease(1);
    expect(leased).toMatchObject({ urgent: false });
    await services.slackOutbox.sent('slack_card', { subject: mine, wanted: 1, attempts: 1 });
    expect(await sql('select 1 from delivery where urgent')).toEqual([]);
  });
});

describe('a failing delivery', () => {
  test('is counted by its error, with the time of the first failure, until it succeeds', async () => {
    await touch(...ids.slice(0, 3));
    const [a, b, c] = await lease();
    if (!a || !b || !c) throw new Error('three are due');
    await services.slackOutbox.retryAll('slack_card', [a, b], 0, 'not_in_channel C1');
    await services.slackOutbox.retry('slack_card', c, 0, 'no_answer');
    const [first] = await services.slackOutbox.failing();
    expect(first).toMatchObject({ error: 'not_in_channel C1', waiting: 2 });
    const again = await lease();
    expect(again.map(({ lastError }) => lastError).sort()).toEqual([
      'no_answer',
      'not_in_channel C1',
      'not_in_channel C1',
    ]);
    await services.slackOutbox.retryAll('slack_card', again, 0, 'not_in_channel C1');
    expect(await services.slackOutbox.failing()).toMatchObject([
      { waiting: 3, since: first?.since },
    ]);
    await services.slackOutbox.sent('slack_card', ...again);
    expect(await services.slackOutbox.failing()).toEqual([]);
  });
});

describe('cards', () => {
  const card = (messageId: string, approval = first()) =>
    ({ approval, teamId: 'T1', channel: 'C1', messageId }) as const;

  test('are found by their approval and by their message', async () => {
    const cards = createCards(services.database.dataSource);
    expect(await cards.find(first())).toBeUndefined();
    await cards.save(card('1.1'));
    expect(await cards.find(first())).toEqual(card('1.1'));
    expect(await cards.shows('C1', '1.1', first())).toBe(true);
    expect(await cards.shows('C2', '1.1', first())).toBe(false);
    expect(await cards.shows('C1', '1.2', first())).toBe(false);
  });

  test('that are posted again replace the older card', async () => {
    const cards = createCards(services.database.dataSource);
    await cards.save(card('1.1'));
    await cards.save(card('2.1'));
    expect(await cards.find(first())).toEqual(card('2.1'));
    expect(await cards.shows('C1', '1.1', first())).toBe(false);
  });

  test('in several channels are listed with the channel before direct messages, and keep their revision', async () => {
    const cards = createCards(services.database.dataSource);
    const id = ids[2] ?? 'appr_';
    const direct = { ...card('4.1', id), channel: 'D1' };
    await cards.save(direct, 1);
    await cards.save(card('4.2', id), 1);
    await cards.recordDrawn(direct, 3);
    expect(await cards.find(id)).toEqual(card('4.2', id));
    expect(await cards.copies(id)).toMatchObject([
      { channel: 'C1', drawn: 1, kind: 'card' },
      { channel: 'D1', drawn: 3 },
    ]);
    await cards.saveLink(direct, 'https://acme.slack.com/archives/D1/p41');
    expect(await cards.link(id)).toContain('/D1/');
    await cards.saveLink(card('4.2', id), 'https://acme.slack.com/archives/C1/p42');
    expect(await cards.link(id)).toContain('/C1/');
    await cards.remove(card('4.2', id));
    expect(await cards.find(id)).toEqual(direct);
  });

  test('never show two approvals in one message', async () => {
    const cards = createCards(services.database.dataSource);
    await cards.save(card('3.1'));
    expect(await sqlState(cards.save(card('3.1', ids[1])))).toBe('23505');
  });
});
