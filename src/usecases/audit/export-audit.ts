/** Export the audit trail as it was hashed, so that an auditor can verify it without trusting the server. */

import { ok, type Result, refused } from '../../domain/result.js';
import { type Caller, seesEverything } from '../../domain/rights.js';
import type { ChainPosition, Store, TrailPart } from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';

export interface ChainPart extends TrailPart {
  /** The installation id, from which the first link is hashed. */
  readonly installation: string;
  /** The last link of the detached partitions, after which this trail begins. Absent when none was detached. */
  readonly anchor?: ChainPosition | undefined;
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
    const part = await store.audit.trail(after, limit);
    return ok({ installation, anchor: lastDetached(part), ...part });
  };
}

function lastDetached({ partitions }: TrailPart): ChainPosition | undefined {
  const detached = partitions.filter(({ detachedAt }) => detachedAt !== null);
  const { last, hash } = detached.at(-1) ?? {};
  return typeof last === 'number' && typeof hash === 'string'
    ? { sequence: last, hash }
    : undefined;
}
