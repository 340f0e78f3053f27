/** What `/readyz` says. Open to all, so it names no request and nobody. */

import { z } from 'zod';
import { timestamp } from './fields.js';

const slackFault = z.object({
  code: z.string(),
  channel: z.string().optional(),
  since: timestamp,
  /** Messages. */
  waiting: z.number(),
  todo: z.string(),
});
export type WireSlackFault = z.input<typeof slackFault>;

export const readiness = z.object({
  status: z.string(),
  database: z.string().optional(),
  slack: z.string().optional(),
  slack_faults: z.array(slackFault).optional(),
});
export type Readiness = z.output<typeof readiness>;
