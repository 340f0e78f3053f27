/** The answer of `/readyz`. It needs no key, so it names no requests and no people. */

import { z } from 'zod';
import { timestamp } from './fields.js';

const slackFault = z.object({
  code: z.string(),
  channel: z.string().optional(),
  since: timestamp,
  /** Number of undelivered messages. */
  waiting: z.number(),
  todo: z.string(),
});
export type WireSlackFault = z.input<typeof slackFault>;

/** Counts of one process, since it started. */
const slackSignatures = z.object({
  accepted: z.number(),
  refused: z.number(),
  last_refused: timestamp,
  todo: z.string(),
});
export type WireSlackSignatures = z.input<typeof slackSignatures>;

export const readiness = z.object({
  status: z.string(),
  database: z.string().optional(),
  slack: z.string().optional(),
  slack_faults: z.array(slackFault).optional(),
  slack_signatures: slackSignatures.optional(),
});
export type Readiness = z.output<typeof readiness>;
