/** The audit trail as it was hashed, so that whoever may see all of it can check it without trusting the server. */

import { type Result, refused } from '../../domain/result.js';
import { type Caller, seesEverything } from '../../domain/rights.js';
import type { ChainLink, Store } from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';

export interface ChainPart {
  /** What the first link is hashed from. */
  readonly installation: string;
  /** The end of the trail when this was asked. */
  readonly head: Omit<ChainLink, 'canonical'>;
  /** Where the trail begins, when older parts of it were taken out: the last link of those. */
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
    // The head first: what is appended meanwhile then only makes the links reach further.
    const head = await store.audit.head();
    return {
      ok: true,
      value: {
        installation,
        head,
        anchor: await store.audit.anchor(),
        links: await store.audit.chain(after, limit),
      },
    };
  };
}
