/** Who may come in, and how often: the same line of handlers before the REST API and before `/mcp`, so that they count together. */

import type { RequestHandler } from 'express';
import type { UseCases } from '../usecases/index.js';
import { createBearer } from './bearer.js';
import { limitPerKey, limitWrongKeys } from './rate-limits.js';

/** Afterwards `callerOf` says who it is. */
export function createAdmission(
  { authenticate }: Pick<UseCases, 'authenticate'>,
  perMinute: number,
): readonly RequestHandler[] {
  return [createBearer(authenticate, limitWrongKeys()), limitPerKey(perMinute)];
}
