/**
 * The clockwork: node-cron in UTC, each fire elected in the database so that two processes never run the same one. A job is "find
 * what is due" and harmless twice, so a missed or repeated fire loses nothing.
 */

import cron from 'node-cron';
import { errorName } from '../domain/error-name.js';
import type { JobRuns, Log } from '../ports/index.js';

export interface Job {
  readonly name: string;
  /** A cron expression with seconds, in UTC. */
  readonly when: string;
  readonly run: () => Promise<unknown>;
}

export interface Schedule {
  /** Starts no new run and waits for those that are under way. */
  stop(): Promise<void>;
}

export function startJobs(jobs: readonly Job[], runs: JobRuns, log: Log): Schedule {
  const underWay = new Set<Promise<void>>();
  const tasks = jobs.map(({ name, when, run }) => {
    const once = async () => {
      const running = guarded(name, run, log);
      underWay.add(running);
      await running.finally(() => underWay.delete(running));
    };
    return cron.schedule(when, once, {
      name,
      timezone: 'UTC',
      noOverlap: true,
      distributed: true,
      runCoordinator: {
        shouldRun: (key) => runs.claim(key),
        onComplete: (key) => runs.finished(key),
      },
      logger: quiet(log),
      suppressMissedWarning: true,
    });
  });
  return {
    async stop() {
      await Promise.all(tasks.map((task) => task.destroy()));
      await Promise.all(underWay);
    },
  };
}

async function guarded(name: string, run: () => Promise<unknown>, log: Log): Promise<void> {
  try {
    await run();
  } catch (error) {
    log.error(
      { job: name, error: errorName(error) },
      'a job failed; it runs again at its next time',
    );
  }
}

/** node-cron's own messages may hold an error's text, which may hold SQL parameters: only their number is kept. */
const quiet = (log: Log) => ({
  info: () => {},
  debug: () => {},
  warn: () => {},
  error: () => log.warn({}, 'the scheduler met an error'),
});
