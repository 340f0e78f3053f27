/**
 * The one rule about rights over people. A right to decide or to manage people comes from that person's own proof (a Slack account that
 * Slack confirms, or a login) or from an administrator's human key. A service key can be in a script or a pipeline, so it never links an
 * account, creates a link code, changes a person, creates a human key or resumes a suspended key, whatever scopes it has.
 */

import { refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import { requireScope } from './require-scope.js';

/** Returns a refusal unless the caller is an administrator with a human key that has the scope `keys:manage`, else undefined. */
export function requireAdministrator(caller: Caller) {
  const forbidden = requireScope(caller, 'keys:manage');
  if (forbidden) return forbidden;
  return caller.principal.class === 'human' && caller.owner.role === 'admin'
    ? undefined
    : refused({ code: 'not_allowed', needs: 'a human key of an administrator' });
}
