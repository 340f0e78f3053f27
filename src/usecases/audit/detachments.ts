/** Which partitions of the audit trail the holder of the master key detached, and whether the events to detach are one chain. */

import type {
  ChainHash,
  ChainPosition,
  DetachedPartition,
  DetachmentProof,
  Reads,
  TrailPartition,
} from '../../ports/index.js';

/** The trail is broken, or its beginning is missing without a proof. The message is for operators. */
export class TrailNotIntactError extends Error {
  override readonly name = 'TrailNotIntactError';
  readonly code = 'trail_not_intact';
}

/** Undefined while the partition is attached. */
export function detachedPartition(partition: TrailPartition): DetachedPartition | undefined {
  const { name: archive, first, last, hash, detachedAt } = partition;
  if (detachedAt === null || last === null || hash === null) return undefined;
  return { archive, first, last, hash };
}

/** A writer of the database can forge the row of a partition, but no proof. */
export function isProven(partition: TrailPartition, detachments: DetachmentProof): boolean {
  const detached = detachedPartition(partition);
  const proof = Buffer.from(partition.proof ?? '', 'hex');
  return detached !== undefined && detachments.holds(detached, proof);
}

/** Events that are read at once. */
const BATCH = 1000;

/** The hashes, as computed from the events after `start`, of the events at `ends`. Those behind a break of the chain are missing. */
export async function computedHashes(
  { audit }: Pick<Reads, 'audit'>,
  chain: ChainHash,
  start: ChainPosition,
  ends: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>();
  let last = start;
  while (last.sequence < Math.max(0, ...ends)) {
    const { links } = await audit.trail(last.sequence, BATCH);
    if (links.length === 0) return found;
    for (const { sequence, hash, canonical } of links) {
      const next = chain.next(Buffer.from(last.hash, 'hex'), sequence, canonical);
      const isNext = sequence === last.sequence + 1 && Buffer.from(next).toString('hex') === hash;
      if (!isNext) return found;
      last = { sequence, hash };
      if (ends.includes(sequence)) found.set(sequence, hash);
    }
  }
  return found;
}
