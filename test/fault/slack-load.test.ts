/** A thousand requests in ten seconds: none is lost, no channel is flooded, and who decides elsewhere notices little of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApprovalId } from '../../src/domain/approval.js';
import { VSecureClient } from '../../src/sdk/index.js';
import { brokenInvariants } from '../support/invariants.js';
import { type HouseWithSlack, houseWithSlack } from '../support/slack/house-with-slack.js';
import { asString } from '../support/slack/json.js';
import { until } from '../support/until.js';

const REQUESTS = 1_000;
const WITHIN = 10_000;
const KEYS = 10;
/** Decisions that are timed without and with the load. */
const SAMPLE = 11;
const MEGABYTE = 1024 * 1024;

let scene: HouseWithSlack;
let alice: VSecureClient;
beforeAll(async () => {
  scene = await houseWithSlack({ users: ['alice', 'carol'] });
  await scene.house.policy({ approvers: ['alice@example.com', 'carol@example.com'] });
  const { token } = await scene.house.human('alice@example.com');
  alice = new VSecureClient({ url: scene.url, apiKey: token });
});
afterAll(() => scene.close());

const query = async (sql: string) => (await scene.house.database.dataSource.query(sql))[0];

/** What is in use when nothing is left to be thrown away (bytes). */
function memory(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

async function askSome(name: string, count: number): Promise<ApprovalId[]> {
  const { caller } = await scene.house.agent(name);
  const ids: ApprovalId[] = [];
  for (let n = 0; n < count; n += 1) {
    const resources = [`vsecure://secrets/production/${name}_${n}`];
    ids.push((await scene.house.ask(caller, { resources })).id);
  }
  return ids;
}

/** The middle time (ms) of deciding these over REST, one after the other. */
async function decideAll(ids: readonly ApprovalId[]): Promise<number> {
  const times: number[] = [];
  for (const id of ids) {
    const began = performance.now();
    await alice.mcp.deny(id, { reason: 'Not today' });
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return times[Math.floor(times.length / 2)] ?? 0;
}

const everythingTold = () =>
  until(
    'everything to be told',
    async () =>
      (
        await query(
          `select not exists (select from delivery where sent < wanted and destination in ('slack_card', 'slack_digest')) as told`,
        )
      ).told,
    40_000,
  );

test('1,000 requests in 10 s are all shown, at one message a second, without holding up decisions', async () => {
  const quiet = await askSome('quiet', SAMPLE);
  const busy = await askSome('busy', SAMPLE);
  await everythingTold();
  const alone = await decideAll(quiet);
  const before = memory();

  const began = performance.now();
  const load = Promise.all(
    Array.from({ length: KEYS }, async (_, key) => {
      const { caller } = await scene.house.agent(`agent-${key}`);
      for (let n = 0; n < REQUESTS / KEYS; n += 1) {
        const early = began + (n * WITHIN * KEYS) / REQUESTS - performance.now();
        if (early > 0) await sleep(early);
        await scene.house.ask(caller, { resources: [`vsecure://secrets/production/K${key}_${n}`] });
      }
    }),
  );
  const beside = await decideAll(busy);
  await load;
  await everythingTold();
  const grown = memory() - before;

  const sums = await query(
    `select (select count(*)::int from approval where status = 'pending') as asked,
       (select count(distinct c.approval_id)::int from card c join approval a on a.id = c.approval_id
        where a.status = 'pending') as shown`,
  );
  expect(sums).toEqual({ asked: REQUESTS, shown: REQUESTS });
  await until('a digest that counts them', async () => {
    const messages = await scene.workspace.emulate.messages();
    const counted = messages.map(({ text }) =>
      Number(/^(\d+)(?: of \d+)? requests wait/.exec(asString(text))?.[1] ?? 0),
    );
    const cards = messages.filter(({ text }) => asString(text).startsWith('Approval needed'));
    return counted.reduce((sum, count) => sum + count, cards.length) === REQUESTS;
  });
  expect(closest(scene)).toBeGreaterThan(1_000);
  // The requests themselves take their share of the machine and of the audit trail, with or without Slack.
  expect(beside / alone).toBeLessThan(20);
  expect(grown).toBeLessThan(50 * MEGABYTE);
  expect(await brokenInvariants(scene.house.database.dataSource)).toEqual([]);
}, 110_000);

/** The least time (ms) between two messages in one channel, as they came in. */
function closest({ workspace }: HouseWithSlack): number {
  const last = new Map<unknown, number>();
  let least = Number.POSITIVE_INFINITY;
  for (const { body, at } of workspace.proxy.callsOf('chat.postMessage')) {
    least = Math.min(least, at - (last.get(body['channel']) ?? Number.NEGATIVE_INFINITY));
    last.set(body['channel'], at);
  }
  return least;
}
