/** The REST API. Callers are authenticated before a byte of the body is read. */

import { type RequestHandler, Router } from 'express';
import type { UseCases } from '../../usecases/index.js';
import { recheckCaller } from '../bearer.js';
import { jsonBody } from '../json-body.js';
import { refuseKeysInQuery } from '../keys-in-query.js';
import { refuseOtherMethods } from '../method-not-allowed.js';
import { serveOpenApi } from '../openapi/index.js';
import { createServe } from '../serve-route.js';
import { serveAlerts } from './alerts.js';
import { serveApprovals } from './approvals.js';
import { serveAudit } from './audit.js';
import { serveExplain } from './explain.js';
import { serveGrants } from './grants.js';
import { serveKeys } from './keys.js';
import { serveLogin } from './login.js';
import { serveMetrics } from './metrics.js';
import { serveNotifications } from './notifications.js';
import { servePeople } from './people.js';
import { serveResources } from './resources.js';
import { serveSecrets } from './secrets.js';

export interface ApiParts {
  readonly useCases: UseCases;
  /** Authentication and rate limits; see `createAdmission`. */
  readonly admission: readonly RequestHandler[];
  readonly now: () => Date;
  readonly stopping: AbortSignal;
}

export function createApi({ useCases, admission, now, stopping }: ApiParts): Router {
  const router = Router({ caseSensitive: true, strict: true });
  serveOpenApi(router);
  router.use(refuseKeysInQuery);
  serveLogin(router, useCases);
  router.use(...admission, ...jsonBody, async (req, res, next) => {
    if (await recheckCaller(req, res)) next();
  });
  const serve = createServe(router);
  serveApprovals(serve, useCases, stopping);
  serveGrants(serve, useCases);
  serveResources(serve, useCases);
  serveExplain(serve, useCases, now);
  serveSecrets(serve, useCases);
  serveKeys(serve, useCases);
  servePeople(serve, useCases);
  serveAlerts(serve, useCases);
  serveAudit(serve, useCases, now);
  serveMetrics(serve, useCases, now);
  serveNotifications(serve, useCases, now);
  refuseOtherMethods(router);
  return router;
}
