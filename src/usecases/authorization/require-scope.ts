/** Scope checks. Every use case that a key can call begins with one. */

import { refused } from '../../domain/result.js';
import { type Caller, may } from '../../domain/rights.js';
import type { Scope } from '../../domain/vocabulary.js';

/** Returns a refusal when the caller lacks the scope, else undefined. */
export function requireScope(caller: Caller, scope: Scope) {
  return may(caller, scope)
    ? undefined
    : refused({ code: 'not_allowed', needs: `the scope ${scope}` });
}
