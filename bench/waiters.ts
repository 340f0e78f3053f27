/** Five hundred agents wait on one process: their cost while nothing happens, and how soon they are answered. */
import { openBareSdk, openMcp } from './mcp.js';
import { quantile, turns } from './measure.js';
import { line, title } from './report.js';
import type { Stage } from './stage.js';
import { openBareNotify, timed } from './wake-up.js';

const WAITERS = 500;
/** Milliseconds of watching while all of them wait. */
const WATCHED = 5_000;
/** Decisions while the others go on waiting, one after another. */
const DECISIONS = 200;
const WAIT_SECONDS = 240;

export async function benchWaiters(stage: Stage): Promise<void> {
  const [bare, sdk] = [await openBareNotify(stage), await openBareSdk()];
  const floor = await turns(DECISIONS, { notify: bare.roundTrip, call: () => timed(sdk.call) });
  const crowd = await gather(stage);
  report(crowd.cost);
  const answered = await decideEach(stage, crowd.waits.slice(0, DECISIONS));
  title(`one of ${WAITERS} waiting calls: from the decision to the answer through MCP (ms)`);
  for (const share of [0.5, 0.99]) {
    const least = quantile(floor.notify, share) * 5 + quantile(floor.call, share);
    const taken = quantile(answered, share);
    line(`p${share * 100}, 5 × notify + call`, least, taken, taken / least);
  }
  await decideEach(stage, crowd.waits.slice(DECISIONS));
  await Promise.all([bare.close(), sdk.close(), crowd.close()]);
}

interface Waiting {
  readonly id: `appr_${string}`;
  /** When the answer was there (ms). */
  readonly answered: Promise<number>;
}

/** Starts all waiting calls and measures them. Clients and server share the process, so the figures include both. */
async function gather(stage: Stage) {
  const before = process.memoryUsage().rss;
  const begun = new Set<string>();
  let allBegan = () => {};
  const allWaiting = new Promise<void>((resolve) => {
    allBegan = resolve;
  });
  const mcp = await openMcp(stage, (_waited, { id }) => {
    begun.add(id);
    if (begun.size === WAITERS) allBegan();
  });
  const waits: Waiting[] = [];
  for (let at = 0; at < WAITERS; at += 1) {
    const { id } = await stage.ask(stage.caller, { renew: true, duration: 3_600_000 + at * 1_000 });
    const call = mcp.call('wait-for-decision', { approval_id: id, wait_seconds: WAIT_SECONDS });
    waits.push({ id, answered: call.then(() => performance.now()) });
  }
  await allWaiting;
  const used = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, WATCHED));
  const { user, system } = process.cpuUsage(used);
  const cost = {
    megabytes: (process.memoryUsage().rss - before) / 2 ** 20,
    share: (user + system) / 1_000 / WATCHED,
  };
  return { waits, cost, close: mcp.close };
}

function report({ megabytes, share }: { megabytes: number; share: number }): void {
  console.log(`\n${WAITERS} agents wait on one process, clients and server together`);
  console.log(`  memory ${megabytes.toFixed(0)} MB more than before them`);
  console.log(`  CPU ${(share * 100).toFixed(1)} % of one core`);
}

/** Milliseconds from each decision to the answer of the call that waited for it. */
async function decideEach(stage: Stage, waits: readonly Waiting[]): Promise<number[]> {
  const taken: number[] = [];
  for (const { id, answered } of waits) {
    await stage.approve(id);
    const decided = performance.now();
    taken.push((await answered) - decided);
  }
  return taken;
}
