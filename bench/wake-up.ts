/** Time from the commit of a decision to the answer of the waiting call, against a bare LISTEN/NOTIFY round trip. */
import { once } from 'node:events';
import { DatabaseClient, prepareSession } from '../src/store/client.js';
import { unwrap } from '../test/support/services.js';
import { openBareSdk, openMcp } from './mcp.js';
import { quantile, turns } from './measure.js';
import { line, title } from './report.js';
import type { Stage } from './stage.js';

const TURNS = 300;

export async function benchWakeUp(stage: Stage): Promise<void> {
  const bare = await openBareNotify(stage);
  const sdk = await openBareSdk();
  let begun = () => {};
  const mcp = await openMcp(stage, () => begun());

  /** Milliseconds from the commit of the decision until `wait` has its answer. */
  const answered = async (wait: (id: `appr_${string}`) => Promise<unknown>): Promise<number> => {
    const { id } = await stage.ask(stage.caller, { renew: true });
    const waits = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const answer = wait(id).then(() => performance.now());
    await waits;
    await stage.approve(id);
    const committed = stage.lastCommit();
    return (await answer) - committed;
  };

  const taken = await turns(TURNS, {
    notify: bare.roundTrip,
    call: () => timed(sdk.call),
    useCase: () =>
      answered(async (id) => {
        const waiting = { ms: 10_000, onWait: () => begun() };
        unwrap(await stage.useCases.waitForDecision(stage.caller, id, waiting));
      }),
    throughMcp: () =>
      answered((id) => mcp.call('wait-for-decision', { approval_id: id, wait_seconds: 10 })),
  });
  report(taken);
  await Promise.all([bare.close(), sdk.close(), mcp.close()]);
}

type Taken = Record<'notify' | 'call' | 'useCase' | 'throughMcp', number[]>;

function report({ notify, call, useCase, throughMcp }: Taken): void {
  title('decision committed to waiting call answered, against LISTEN/NOTIFY (ms)');
  for (const share of [0.5, 0.99]) {
    const [floor, subject] = [quantile(notify, share), quantile(useCase, share)];
    line(`use case, p${share * 100}`, floor, subject, subject / floor);
  }
  for (const share of [0.5, 0.99]) {
    const floor = quantile(notify, share) + quantile(call, share);
    const subject = quantile(throughMcp, share);
    line(`through MCP, p${share * 100}`, floor, subject, subject / floor);
  }
}

/** A listener and a notifier with nothing in between. */
export async function openBareNotify({ connection }: Stage) {
  const [listener, notifier] = [new DatabaseClient(connection), new DatabaseClient(connection)];
  await Promise.all([listener, notifier].map((client) => client.connect()));
  await Promise.all([listener, notifier].map(prepareSession));
  await listener.query('listen bench');
  return {
    roundTrip: () =>
      timed(() =>
        Promise.all([
          once(listener, 'notification'),
          notifier.query(`select pg_notify('bench', 'x')`),
        ]),
      ),
    close: () => Promise.all([listener.end(), notifier.end()]),
  };
}

export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
