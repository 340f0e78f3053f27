/** `npm run test:clients`: installs clients from the npm registry, so `npm test` leaves it out. */
import { defineConfig } from 'vitest/config';
import { createSummaryReporter } from '../support/summary-reporter.js';

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['*.test.ts'],
    globalSetup: ['../support/global-setup.ts'],
    reporters: ['default', createSummaryReporter()],
    pool: 'forks',
    maxConcurrency: 20,
  },
});
