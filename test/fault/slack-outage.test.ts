/**
 * Slack does not answer for half an hour, during which a thousand requests come. Every wait is a sixtieth of the one in production, and so
 * is the outage: half a minute. The waits after it at Slack's pace are computed from the calls that were made; the work in between takes as
 * long as it takes here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Approval } from '../../src/domain/approval.js';
import { delayBefore, SLACK_UNREACHABLE } from '../../src/domain/retry-policy.js';
import { SLACK_PACE } from '../../src/slack/delivery/pacing.js';
import { openScene, type Scene } from '../slack/scene.js';
import { unwrap } from '../support/services.js';
import { asString } from '../support/slack/json.js';
import { until } from '../support/until.js';

const FACTOR = 60;
const OUTAGE = 30 * 60_000;
const RECOVERED = 2 * 60_000;
const REQUESTS = 1_000;
const DECIDED = 200;
const AT_ONCE = 8;

const compressed = (ms: number) => ms / FACTOR;

let scene: Scene;
beforeAll(async () => {
  scene = await openScene({
    delivering: ['slack_digest'],
    pauseMs: (failures) => compressed(delayBefore(SLACK_UNREACHABLE, failures + 1, Math.random())),
    pace: {
      postGap: compressed(SLACK_PACE.postGap),
      updateGap: compressed(SLACK_PACE.updateGap),
      digestGap: compressed(SLACK_PACE.digestGap),
      updateBurst: SLACK_PACE.updateBurst,
      updatesPerMinute: SLACK_PACE.updatesPerMinute * FACTOR,
      digestAbove: SLACK_PACE.digestAbove,
      digestOpenFor: compressed(SLACK_PACE.digestOpenFor),
    },
  });
  await scene.slack.start();
  await scene.services.policy({ approvers: ['alice@example.com', 'carol@example.com'] });
});
afterAll(() => scene.close());

async function askMany(name: string, count: number): Promise<Approval[]> {
  const { caller } = await scene.services.agent(name);
  const asked: Approval[] = [];
  const ask = async () => {
    for (let n = asked.length; n < count; n = asked.length) {
      asked.length += 1;
      const resources = [`vsecure://secrets/production/${name}_${n}`];
      asked[n] = await scene.services.ask(caller, { resources });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, ask));
  return asked;
}

async function denyAll(approvals: readonly Approval[]): Promise<void> {
  const alice = await scene.services.decider('alice@example.com');
  for (const { id } of approvals) {
    const decision = { approval: id, verdict: 'deny', reason: 'Slack is away' } as const;
    unwrap(await scene.services.useCases.decide(alice, decision));
  }
}

const query = async (sql: string) => (await scene.services.database.dataSource.query(sql))[0];

/** Every message shows the current state, and every open request is shown. */
async function allTrue(): Promise<boolean> {
  const unseen = await query(
    `select count(*)::int as n from approval a
     where a.status = 'pending' and not exists (select from card c where c.approval_id = a.id)`,
  );
  const due = await query(
    `select count(*)::int as n from delivery
     where sent < wanted and destination in ('slack_card', 'slack_digest')`,
  );
  if (unseen.n > 0 || due.n > 0) return false;
  const places = await scene.services.database.dataSource.query(
    `select c.message_ts as ts, c.kind, count(*)::int as of,
       count(*) filter (where a.status = 'pending')::int as open
     from card c join approval a on a.id = c.approval_id group by 1, 2`,
  );
  const truths = await Promise.all(places.map(showsTruth));
  return truths.every(Boolean);
}

interface Place {
  readonly ts: string;
  readonly kind: string;
  readonly of: number;
  readonly open: number;
}

async function showsTruth({ ts, kind, of, open }: Place): Promise<boolean> {
  const text = asString((await scene.emulate.message(ts))?.['text']);
  if (kind === 'card') return text.startsWith(open ? 'Approval needed' : 'Denied');
  if (open === 0) return text === `All ${of} requests are decided`;
  return text === (open === of ? `${of} requests pending` : `${open} of ${of} requests pending`);
}

test('within two minutes after Slack answers again every card and digest shows the current state', async () => {
  const before = await askMany('before', 5);
  await until('the cards of a quiet day', allTrue);

  const lasting = { method: /./, times: Number.POSITIVE_INFINITY };
  const went = performance.now();
  scene.proxy.inject({ ...lasting, fault: 'status', status: 503 });
  const calls = scene.proxy.calls.length;
  const during = await askMany('during', REQUESTS);
  await denyAll([...before.slice(0, 3), ...during.slice(0, DECIDED)]);
  scene.proxy.clearFaults();
  scene.proxy.inject({ ...lasting, fault: 'drop-before' });
  await sleep(Math.max(0, compressed(OUTAGE) - (performance.now() - went)));
  // A probe each twelve seconds or so, not a thousand.
  const away = (performance.now() - went) * FACTOR;
  expect(scene.proxy.calls.length - calls).toBeLessThan(away / 8_000 + 20);

  const said = scene.proxy.calls.length;
  scene.proxy.clearFaults();
  const returned = performance.now();
  await until('the truth', allTrue);
  const took = performance.now() - returned;

  const after = scene.proxy.calls.slice(said);
  const count = (method: string) => after.filter((call) => call.method === method).length;
  // At Slack's pace: the longest rest, then posts of one channel one after the other, and redrawings as far as their budget goes.
  const { postGap, updatesPerMinute, updateBurst } = SLACK_PACE;
  const updates = Math.max(0, count('chat.update') - updateBurst);
  const spoken =
    15_000 + count('chat.postMessage') * postGap + (updates * 60_000) / updatesPerMinute;
  expect(spoken + took).toBeLessThan(RECOVERED);
  expect(count('chat.postMessage')).toBeLessThanOrEqual(12);
  const open = await query(`select count(*)::int as n from approval where status = 'pending'`);
  expect(open.n).toBe(5 - 3 + REQUESTS - DECIDED);
  expect(scene.lint()).toEqual([]);
}, 110_000);
