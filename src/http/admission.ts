/** Authentication and rate limits. REST and `/mcp` share one instance, so that their requests count together. */

import type { RequestHandler } from 'express';
import type { UseCases } from '../usecases/index.js';
import { createBearer } from './bearer.js';
import { limitPerKey, limitWrongKeys } from './rate-limits.js';

/** Behind these handlers `callerOf` returns the caller. */
export function createAdmission(
  { authenticate }: Pick<UseCases, 'authenticate'>,
  perMinute: number,
): readonly RequestHandler[] {
  return [createBearer(authenticate, limitWrongKeys()), limitPerKey(perMinute)];
}
