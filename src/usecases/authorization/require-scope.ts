/** The first line of every verb that a key can call. */

import { refused } from '../../domain/result.js';
import { type Caller, may } from '../../domain/rights.js';
import type { Scope } from '../../domain/vocabulary.js';

/** A refusal when the caller lacks the scope, else undefined. */
export function requireScope(caller: Caller, scope: Scope) {
  return may(caller, scope)
    ? undefined
    : refused({ code: 'not_allowed', needs: `the scope ${scope}` });
}
