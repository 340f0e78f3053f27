/** How the tests run: all of `test/` and `relay/` side by side, then the emulators of `e2e/` one after another. */
import { defineConfig } from 'vitest/config';
import { createSummaryReporter } from './test/support/summary-reporter.js';

const shared = {
  pool: 'forks',
  setupFiles: 'test/support/worker-setup.ts',
  testTimeout: 30_000,
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
          // Most of a test is waiting for Postgres, so two cores carry two of them.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
