/** Is the process there, and can it do its work? For load balancers and people; open to all, so it says little. */

import { Router } from 'express';
import type { WireSlackFault } from '../contract/readiness.js';

export interface Readiness {
  /** False for the database, its schema or the master key only: Slack's trouble must not stop people from asking. */
  readonly ok: boolean;
  readonly database: string;
  readonly slack: 'ok' | 'degraded' | 'off';
  /** What waits for a person to mend something in Slack; absent when nothing does. */
  readonly slack_faults?: WireSlackFault[] | undefined;
}

/** `/healthz` is always 200; `/readyz` asks `ready`, and takes its failure for a no. */
export function createHealth(ready: () => Promise<Readiness>): Router {
  const router = Router();
  router.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  router.get('/readyz', async (_req, res) => {
    const { ok, ...parts } = await ready().catch(() => ({ ok: false, database: 'unknown' }));
    res.status(ok ? 200 : 503).json({ status: ok ? 'ok' : 'unavailable', ...parts });
  });
  return router;
}
