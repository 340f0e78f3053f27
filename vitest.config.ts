/** How the tests run: the rooms side by side, then everything that starts a Slack emulator or a browser, at last what has a time limit. */
import { defineConfig } from 'vitest/config';
import { createSummaryReporter } from './test/support/summary-reporter.js';

const EMULATORS = [
  'test/slack/**/*.test.ts',
  'test/flow/entry-points-*.test.ts',
  'test/fault/slack-*.test.ts',
  'e2e/**/*.test.ts',
];

/** What looks at how long things take, or takes all that there is: nothing else may have its share of the machine meanwhile. */
const ALONE = [
  'test/fault/receivers.test.ts',
  'test/fault/slack-*.test.ts',
  'test/flow/entry-points-*.test.ts',
  'test/slack/{acknowledging,directory,handlers,keyed-queue,socket-mode}.test.ts',
];

const shared = {
  pool: 'forks',
  setupFiles: 'test/support/worker-setup.ts',
  testTimeout: 60_000,
  hookTimeout: 60_000,
  retry: 0,
} as const;

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-setup.ts'],
    reporters: ['default', createSummaryReporter()],
    projects: [
      {
        test: {
          ...shared,
          name: 'rooms',
          include: ['test/**/*.test.ts', 'relay/test/**/*.test.ts'],
          // `npm run test:clients` runs it: it installs packages and takes minutes.
          exclude: [...EMULATORS, ...ALONE, 'test/clients/**'],
          // Most of a test is waiting for Postgres, so two cores carry three of them.
          maxWorkers: 3,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'emulators',
          include: EMULATORS,
          exclude: ALONE,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          name: 'alone',
          include: ALONE,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
