/** Liveness and readiness for load balancers and operators. Needs no key, so it reveals little. */

import { Router } from 'express';
import type { WireSlackFault, WireSlackSignatures } from '../contract/readiness.js';

export interface Readiness {
  /** False only because of the database, its schema or the master key: requests for access work while Slack is down. */
  readonly ok: boolean;
  readonly database: string;
  readonly slack: 'ok' | 'degraded' | 'off';
  /** Deliveries that wait until an operator fixes something in Slack; absent when there are none. */
  readonly slack_faults?: WireSlackFault[] | undefined;
  /** Requests that pretend to come from Slack; absent when there were none. */
  readonly slack_signatures?: WireSlackSignatures | undefined;
}

/** `/healthz` always answers 200. `/readyz` answers 503 when `ready` says no or throws. */
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
