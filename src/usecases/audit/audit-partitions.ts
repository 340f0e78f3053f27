/** Opens a new partition of the audit trail each month, and detaches the oldest ones when an operator asks for it. */

import { systemActor } from '../../domain/audit-event.js';
import type { ChainHash, DetachedPartition, DetachmentProof, Store } from '../../ports/index.js';
import { computedHashes, detachedPartition, isProven, TrailNotIntactError } from './detachments.js';

/** Days for which one partition is open. */
const PARTITION_DAYS = 30;

/** Resolves with whether it opened a new partition. It may run twice, or on several processes at once. */
export function createOpenAuditPartition(store: Store): () => Promise<boolean> {
  return () =>
    store.transaction(async (tx) =>
      (await tx.auditPartitions.due(PARTITION_DAYS)) ? tx.auditPartitions.next() : false,
    );
}

export interface DetachParts {
  readonly store: Store;
  readonly chain: ChainHash;
  readonly detachments: DetachmentProof;
  readonly installation: string;
}

/**
 * Detaches the partitions that end before that moment, oldest first. Each is recorded with the hash that the next event is chained to, and
 * gets a proof under the master key. Throws TrailNotIntactError, and detaches nothing, when the events to detach are not one chain: the
 * proof would hide for ever that the trail was changed.
 */
export type DetachAudit = (before: Date) => Promise<readonly DetachedPartition[]>;

export function createDetachAudit(parts: DetachParts): DetachAudit {
  const { store, detachments } = parts;
  return async (before) => {
    const hashes = await hashesToDetach(parts, before);
    return store.transaction(async (tx) => {
      const detached: DetachedPartition[] = [];
      for (;;) {
        const partition = await tx.auditPartitions.detachOldest(before);
        if (!partition) return detached;
        if (hashes.get(partition.last) !== partition.hash)
          throw new TrailNotIntactError(
            `the audit trail is not intact from event ${partition.first} to event ${partition.last}, so nothing was detached. Run vsecure mcp:audit:verify.`,
          );
        await tx.auditPartitions.saveProof(partition.archive, detachments.prove(partition));
        tx.record(detachedEvent('audit:detach', partition));
        detached.push(partition);
      }
    });
  };
}

/** By the last sequence number of each partition. */
async function hashesToDetach(
  { store, chain, detachments, installation }: DetachParts,
  before: Date,
): Promise<ReadonlyMap<number, string>> {
  const { partitions } = await store.audit.trail(0, 0);
  const detached = partitions.filter(({ detachedAt }) => detachedAt !== null);
  if (!detached.every((partition) => isProven(partition, detachments)))
    throw new TrailNotIntactError(
      'nothing proves that an operator detached the beginning of the audit trail: run vsecure audit:confirm first.',
    );
  const genesis = Buffer.from(chain.genesis(installation)).toString('hex');
  const { last: sequence, hash } = detached.at(-1) ?? { last: 0, hash: genesis };
  const ends = partitions.flatMap(({ last, openedAt, detachedAt }) =>
    last !== null && detachedAt === null && new Date(openedAt) < before ? [last] : [],
  );
  return computedHashes(store, chain, { sequence: sequence ?? 0, hash: hash ?? genesis }, ends);
}

const detachedEvent = (command: string, partition: DetachedPartition, confirmed?: true) =>
  ({
    type: 'audit_detached',
    actor: systemActor(command),
    details: { ...partition, confirmed },
  }) as const;

export interface ConfirmDetachments {
  /** The detached partitions without a proof: an earlier version detached them, or a writer of the database forged them. */
  unproven(): Promise<readonly DetachedPartition[]>;
  /** Gives these a proof, and records it. An operator has compared them with what `audit:detach` printed. */
  confirm(partitions: readonly DetachedPartition[]): Promise<void>;
}

export function createConfirmDetachments({
  store,
  detachments,
}: Pick<DetachParts, 'store' | 'detachments'>): ConfirmDetachments {
  return {
    async unproven() {
      const { partitions } = await store.audit.trail(0, 0);
      return partitions
        .filter((partition) => !isProven(partition, detachments))
        .flatMap((partition) => detachedPartition(partition) ?? []);
    },

    confirm: (partitions) =>
      store.transaction(async (tx) => {
        for (const partition of partitions) {
          await tx.auditPartitions.saveProof(partition.archive, detachments.prove(partition));
          tx.record(detachedEvent('audit:confirm', partition, true));
        }
      }),
  };
}
