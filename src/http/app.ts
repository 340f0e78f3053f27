/** The one Express app. Slack's receiver and `/mcp` read the raw body, so they are mounted before any body parser. */

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
import { createOAuthRefusals } from './no-oauth.js';
import { createPrometheus } from './prometheus.js';
import { refuseRepeatedHeaders } from './single-headers.js';

export interface HttpParts {
  readonly useCases: UseCases;
  /** Default: one with the default limits. Pass one instance when REST and other endpoints must count together. */
  readonly admission?: readonly RequestHandler[];
  readonly logger: Logger;
  readonly ready: () => Promise<Readiness>;
  /** Accepted Host headers, with or without a port. */
  readonly allowedHosts: readonly string[];
  /** Express' `trust proxy` setting: which proxies may set forwarding headers. Default: none. */
  readonly trustProxy?: boolean | number | string | readonly string[];
  /** Mounts endpoints that need the raw body. They are behind the host check, but not behind the bearer check. */
  readonly beforeParsers?: (app: Express) => void;
  /** Aborts when the server starts to stop: waiting calls then answer at once. */
  readonly stopping?: AbortSignal;
  /** Whether the current request has committed a change. Default: no. */
  readonly hasChanged?: () => boolean;
  readonly now?: () => Date;
  /** Handlers that run before all others. */
  readonly first?: readonly RequestHandler[];
}

/** The API serves no pages. If a browser renders an answer as a page, that page may load and frame nothing. */
const NOTHING = { defaultSrc: ["'none'"], frameAncestors: ["'none'"] };

/** Builds the app without listening. The order of the handlers matters. */
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
  app.use(refuseRepeatedHeaders);
  // Before the host check: health probes use the IP address as Host.
  app.use(createHealth(parts.ready));
  app.use(createHostCheck(parts.allowedHosts));
  beforeParsers?.(app);
  app.use(createOAuthRefusals());
  app.use(createPrometheus(useCases, admission));
  app.use(API_BASE, noStore, createApi({ useCases, admission, now, stopping }));
  app.use(unknownRoute);
  app.use(createErrorHandler(logger, parts.hasChanged));
  return app;
}

const noStore: express.RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};
