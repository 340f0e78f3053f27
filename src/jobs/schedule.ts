/**
 * Runs periodic jobs: node-cron in UTC. The processes claim each run in the database, so that only one of them does it. A job finds
 * what is due and is idempotent, so a missed or repeated run loses nothing.
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
  /** Starts no new run and waits for the current ones. */
  stop(): Promise<void>;
}

export function startJobs(jobs: readonly Job[], runs: JobRuns, log: Log): Schedule {
  const activeRuns = new Set<Promise<void>>();
  const tasks = jobs.map(({ name, when, run }) => {
    const once = async () => {
      const running = guarded(name, run, log);
      activeRuns.add(running);
      await running.finally(() => activeRuns.delete(running));
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
      await Promise.all(activeRuns);
    },
  };
}

async function guarded(name: string, run: () => Promise<unknown>, log: Log): Promise<void> {
  try {
    await run();
  } catch (error) {
    log.error(
      { job: name, error: errorName(error) },
      'a job failed; it runs again at its next scheduled time',
    );
  }
}

/** node-cron's messages may quote an error with SQL parameters, so the log gets a fixed sentence instead. */
const quiet = (log: Log) => ({
  info: () => {},
  debug: () => {},
  warn: () => {},
  error: () => log.warn({}, 'the job scheduler reported an error'),
});
