/** The one Express app: Slack's receiver and `/mcp` are hung into it before any body parser, REST brings its own. */

import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { API_BASE } from '../contract/route.js';
import { RATE_LIMIT_DEFAULT } from '../domain/limits.js';
import type { UseCases } from '../usecases/index.js';
import { createAdmission } from './admission.js';
import { createHostCheck } from './allowed-hosts.js';
import { createApi } from './api/index.js';
import { createErrorHandler, type Logger, unknownRoute } from './errors.js';
import { createHealth, type Readiness } from './health.js';
import { createPrometheus } from './prometheus.js';

export interface HttpParts {
  readonly useCases: UseCases;
  /** Default: one with the default limits. Whoever serves more than REST hands in the one that counts for all of it. */
  readonly admission?: readonly RequestHandler[];
  readonly logger: Logger;
  readonly ready: () => Promise<Readiness>;
  /** Host names to answer to, with or without a port. */
  readonly allowedHosts: readonly string[];
  /** Express' `trust proxy`: which proxies' headers count. Default: none. */
  readonly trustProxy?: boolean | number | string | readonly string[];
  /** Hangs in what needs the raw body. Its paths are behind the host check, but not behind the bearer check. */
  readonly beforeParsers?: (app: Express) => void;
  /** Aborts when the server begins to stop: waiting calls then answer at once. */
  readonly stopping?: AbortSignal;
  readonly now?: () => Date;
  /** Comes before everything else. */
  readonly first?: readonly RequestHandler[];
}

/** No page is served here; should a browser ever take an answer for one, it may load and frame nothing. */
const NOTHING = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** Builds the app; nothing listens yet. Order matters: see each line. */
export function createHttpApp(parts: HttpParts): Express {
  const { useCases, logger, beforeParsers } = parts;
  const { now = () => new Date(), stopping = new AbortController().signal } = parts;
  const { admission = createAdmission(useCases, RATE_LIMIT_DEFAULT) } = parts;
  const app = express();
  app.set('trust proxy', parts.trustProxy ?? false);
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.disable('x-powered-by');
  for (const handler of parts.first ?? []) app.use(handler);
  app.use(helmet({ contentSecurityPolicy: { useDefaults: false, directives: NOTHING } }));
  // Probes come by address, with no host name of ours.
  app.use(createHealth(parts.ready));
  app.use(createHostCheck(parts.allowedHosts));
  beforeParsers?.(app);
  app.use(createPrometheus(useCases, admission));
  app.use(API_BASE, noStore, createApi({ useCases, admission, now, stopping }));
  app.use(unknownRoute);
  app.use(createErrorHandler(logger));
  return app;
}

const noStore: express.RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};
