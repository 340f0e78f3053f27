/** Export the audit trail as it was hashed, so that an auditor can verify it without trusting the server. */

import { ok, type Result, refused } from '../../domain/result.js';
import { type Caller, seesEverything } from '../../domain/rights.js';
import type { ChainLink, Store } from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';

export interface ChainPart {
  /** The installation id, from which the first link is hashed. */
  readonly installation: string;
  /** The newest link at the time of the call. */
  readonly head: Omit<ChainLink, 'canonical'>;
  /** The last link of the detached partitions, after which this trail begins. Absent when none was detached. */
  readonly anchor?: Omit<ChainLink, 'canonical'> | undefined;
  readonly links: readonly ChainLink[];
}

export type ExportAudit = (
  caller: Caller,
  after: number,
  limit: number,
) => Promise<Result<ChainPart>>;

export function createExportAudit(store: Store, installation: string): ExportAudit {
  return async (caller, after, limit) => {
    const forbidden = requireScope(caller, 'audit:read');
    if (forbidden) return forbidden;
    if (!seesEverything(caller))
      return refused({ code: 'not_allowed', needs: 'a key of an administrator or auditor' });
    // Read the head first: events appended in the meantime only extend the links beyond it.
    const head = await store.audit.head();
    return ok({
      installation,
      head,
      anchor: await store.audit.anchor(),
      links: await store.audit.chain(after, limit),
    });
  };
}
