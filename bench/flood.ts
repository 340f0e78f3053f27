/** What a key that floods the server costs another key: reads of one key by REST, while another key sends the costliest calls at its rate limit. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MINUTE, RATE_LIMIT_DEFAULT } from '../src/domain/limits.js';
import { startServing } from '../test/http/serving.js';
import { REASON } from '../test/support/services.js';
import { quantile } from './measure.js';
import { openReaders } from './reads.js';
import { line, title } from './report.js';
import type { Stage } from './stage.js';

/** Milliseconds of one round, quiet or flooded. */
const ROUND = 3_000;
const ROUNDS = 5;

/** Eight long segments: 511 patterns cover one such name. */
const name = (n: number) =>
  `vsecure://secrets/zz/${Array.from({ length: 7 }, (_, place) => `${'x'.repeat(50)}${place}`).join('/')}${n}`;

export async function benchFlood(stage: Stage): Promise<void> {
  const serving = await startServing(stage);
  await stage.policy({}, 'vsecure://secrets/zz/**');
  const neighbour = await stage.agent('neighbour');
  const [reader] = await openReaders(stage, 1, neighbour.caller);
  const { token } = await stage.agent('flooding');
  const read = async () => {
    const path = `/secrets/value?path=${encodeURIComponent(reader?.resource ?? '')}`;
    const { status } = await serving.api('GET', path, { token: neighbour.token });
    if (status !== 200) throw new Error(`a read was answered ${status}`);
  };
  const calls = costliestCalls(serving, token);

  const times = { quiet: [] as number[], flooded: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.quiet.push(...(await timesOf(read)));
    const flood = startFlood(calls);
    times.flooded.push(...(await timesOf(read)));
    await flood.stop();
  }
  title('a read of one key by REST: quiet, and while another key floods at its rate limit (ms)');
  for (const share of [0.5, 0.99]) {
    const [quiet, flooded] = [quantile(times.quiet, share), quantile(times.flooded, share)];
    line(`p${share * 100}`, quiet, flooded, flooded / quiet);
  }
  await serving.close();
}

type Call = () => Promise<unknown>;

/** Requests for twenty long names, each refused in another way or repeated, and searches of the trail. */
function costliestCalls({ api }: Awaited<ReturnType<typeof startServing>>, token: string): Call[] {
  const ask =
    (resources: readonly string[], more: object = {}) =>
    () =>
      api('POST', '/approvals', {
        token,
        body: { resources, operation: 'read', reason: REASON, ...more },
      });
  const twenty = (first: number) => Array.from({ length: 20 }, (_, n) => name(first + n));
  const wide = Array.from({ length: 20 }, (_, n) => `vsecure://secrets/zz/*/*/*/*/*/*/${n}`);
  const search = encodeURIComponent('vsecure://secrets/zz/*/none/**');
  return [
    ask(twenty(0)),
    ask(wide),
    ask(twenty(20), { operation: 'delete' }),
    ask(twenty(40).map((one) => one.replace('/zz/', '/nowhere/'))),
    () => api('GET', `/audit?resource=${search}`, { token }),
    () => api('GET', `/audit/counts?type=access_refused&resource=${search}`, { token }),
  ];
}

/** Sends the calls in turn, as many a minute as the rate limit allows, without waiting for answers. */
function startFlood(calls: readonly Call[]) {
  const open = new Set<Promise<unknown>>();
  let next = 0;
  const timer = setInterval(() => {
    const call = calls[next++ % calls.length];
    if (!call) return;
    const sent = call().finally(() => open.delete(sent));
    open.add(sent);
  }, MINUTE / RATE_LIMIT_DEFAULT);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
    },
  };
}

async function timesOf(work: Call): Promise<number[]> {
  const until = performance.now() + ROUND;
  const times: number[] = [];
  while (performance.now() < until) {
    const started = performance.now();
    await work();
    times.push(performance.now() - started);
    await sleep(2);
  }
  return times;
}
