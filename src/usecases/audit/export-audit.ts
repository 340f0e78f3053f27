/** Export the audit trail as it was hashed, so that an auditor can verify it without trusting the server. */

import { ok, type Result, refused } from '../../domain/result.js';
import { type Caller, seesEverything } from '../../domain/rights.js';
import type {
  ChainPosition,
  DetachmentProof,
  Store,
  TrailPart,
  TrailPartition,
} from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';
import { isProven } from './detachments.js';

/** A partition as it is exported: `proven` says whether a proof shows that the holder of the master key detached it. */
export interface ExportedPartition extends Omit<TrailPartition, 'proof'> {
  readonly proven: boolean;
}

export interface ChainPart extends Omit<TrailPart, 'partitions'> {
  readonly partitions: readonly ExportedPartition[];
  /** The installation id, from which the first link is hashed. */
  readonly installation: string;
  /** The last link of the detached partitions, after which this trail begins. Absent when none was detached, or one without a proof. */
  readonly anchor?: ChainPosition | undefined;
}

export type ExportAudit = (
  caller: Caller,
  after: number,
  limit: number,
) => Promise<Result<ChainPart>>;

export function createExportAudit(
  store: Store,
  installation: string,
  detachments: DetachmentProof,
): ExportAudit {
  return async (caller, after, limit) => {
    const forbidden = requireScope(caller, 'audit:read');
    if (forbidden) return forbidden;
    if (!seesEverything(caller))
      return refused({ code: 'not_allowed', needs: 'a key of an administrator or auditor' });
    const { partitions: stored, ...part } = await store.audit.trail(after, limit);
    const partitions = stored.map(({ proof, ...partition }) => ({
      ...partition,
      proven: isProven({ ...partition, proof }, detachments),
    }));
    return ok({ installation, anchor: lastDetached(partitions), partitions, ...part });
  };
}

/** A beginning that is missing without a proof has no anchor, so that the trail does not verify. */
function lastDetached(partitions: readonly ExportedPartition[]): ChainPosition | undefined {
  const detached = partitions.filter(({ detachedAt }) => detachedAt !== null);
  if (!detached.every(({ proven }) => proven)) return undefined;
  const { last, hash } = detached.at(-1) ?? {};
  return typeof last === 'number' && typeof hash === 'string'
    ? { sequence: last, hash }
    : undefined;
}
