/**
 * Verifies the audit trail link by link on the caller's machine. The server only supplies the bytes; it is trusted with nothing
 * else. The genesis hash is SHA-256(installation). Each link hash is SHA-256 over 0x00, "vsecure/audit/1", the sequence (u64), the
 * previous hash, the length of the event in bytes (u32) and the event as UTF-8. Integers are big-endian. The columns beside the
 * hashed bytes, the row of the head and the rows of the partitions must agree with the chain. Where older events were detached, the
 * server vouches, with the master key, that an operator did so; a checkpoint after them proves it without trust in the server.
 */

import type { z } from 'zod';
import { auditRoutes } from '../contract/audit.js';
import type { Call } from './call.js';
import { checkPartitions, columnProblem } from './verify-partitions.js';

/** A position in the trail that was verified earlier. Stored outside the server, it proves that no earlier event was changed since. */
export interface Checkpoint {
  readonly installation: string;
  readonly sequence: number;
  /** Lower-case hex. */
  readonly hash: string;
}

export type Verified =
  | {
      readonly ok: true;
      readonly checked: number;
      readonly head: Checkpoint;
      /** Set when older events were detached: the last detached event, which was not verified. */
      readonly from?: Checkpoint | undefined;
    }
  | { readonly ok: false; readonly sequence: number; readonly problem: string };

export interface VerifyOptions {
  /** The trail must contain this checkpoint unchanged. */
  readonly checkpoint?: Checkpoint | undefined;
  /** Called with the current position after every part. */
  readonly onProgress?: ((sequence: number, of: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

type Part = z.output<typeof auditRoutes.chain.answer>;

const LINK_PREFIX = new TextEncoder().encode('\0vsecure/audit/1');

/** Resolves with `ok: false` for an invalid trail. Rejects with VSecureError when the trail cannot be fetched. */
export async function verifyAudit(call: Call, verifying: VerifyOptions = {}): Promise<Verified> {
  const { checkpoint, onProgress, signal } = verifying;
  const first = await chainPart(call, 0, signal);
  if (checkpoint && checkpoint.installation !== first.installation)
    return invalidTrail(0, 'the checkpoint belongs to another installation');
  const from = first.anchor && { installation: first.installation, ...first.anchor };
  const forged = unprovenDetaching(first.partitions);
  if (forged) return forged;
  const problem = from && checkpoint && checkpointProblem(checkpoint, from);
  if (problem) return invalidTrail(checkpoint?.sequence ?? 0, problem);
  let last: Checkpoint = from ?? (await genesis(first.installation));
  const partitions = checkPartitions(first.partitions);
  let part = first;
  for (; part.links.length > 0; part = await chainPart(call, last.sequence, signal)) {
    for (const link of part.links) {
      const linkError = await linkProblem(last, link);
      if (linkError) return invalidTrail(last.sequence + 1, linkError);
      partitions.see(link);
      last = { installation: last.installation, sequence: link.sequence, hash: link.hash };
      if (checkpoint?.sequence === last.sequence && checkpoint.hash !== last.hash)
        return invalidTrail(
          last.sequence,
          'it differs from the checkpoint: the trail was rewritten',
        );
    }
    onProgress?.(last.sequence, Math.max(part.head?.sequence ?? 0, last.sequence));
  }
  if (from && !partitions.recorded(from.sequence, from.hash))
    return invalidTrail(
      from.sequence + 1,
      'the beginning is missing, and no event records that it was detached',
    );
  // The last part has no links, so its head is the head of the moment at which `last` was the newest event.
  const problemAtEnd = headProblem(part.head, last);
  if (problemAtEnd) return invalidTrail(last.sequence + 1, problemAtEnd);
  if (checkpoint && checkpoint.sequence > last.sequence)
    return invalidTrail(last.sequence, 'the trail ends before the checkpoint');
  const fault = partitions.fault();
  if (fault) return invalidTrail(fault.sequence, fault.problem);
  return { ok: true, checked: last.sequence - (from?.sequence ?? 0), head: last, from };
}

const invalidTrail = (sequence: number, problem: string): Verified => ({
  ok: false,
  sequence,
  problem,
});

/** A writer of the database can cut off the beginning and forge the rows and the event that describe it, but not the proof. */
function unprovenDetaching(partitions: Part['partitions']): Verified | undefined {
  const forged = partitions.find(({ detachedAt, proven }) => detachedAt !== null && !proven);
  return (
    forged &&
    invalidTrail(
      forged.first,
      `nothing proves that an operator detached ${forged.name}. If an earlier version of vsecure detached it, compare it with what audit:detach printed, and run vsecure audit:confirm`,
    )
  );
}

/** A checkpoint within the detached part cannot be compared. A checkpoint on its last event can. */
function checkpointProblem(checkpoint: Checkpoint, from: Checkpoint): string | undefined {
  if (checkpoint.sequence < from.sequence)
    return 'the checkpoint is in a detached part: verify that archive, or use a later checkpoint';
  if (checkpoint.sequence === from.sequence && checkpoint.hash !== from.hash)
    return 'it differs from the checkpoint: the trail was rewritten';
  return undefined;
}

function headProblem(head: Part['head'], last: Checkpoint): string | undefined {
  if (!head) return 'the row with the head of the trail is missing';
  if (head.sequence > last.sequence) return 'the end of the trail is missing';
  if (head.sequence < last.sequence) return 'the head is behind the last event';
  return head.hash === last.hash ? undefined : 'the head is not the hash of the last event';
}

/** The part of the trail after this sequence number. */
export const chainPart = (
  call: Call,
  after: number,
  signal: AbortSignal | undefined,
): Promise<Part> => call(auditRoutes.chain, { query: { after: String(after) }, signal });

/** What the first event of an installation is hashed with. */
export async function genesis(installation: string): Promise<Checkpoint> {
  return {
    installation,
    sequence: 0,
    hash: hex(await sha256(new TextEncoder().encode(installation))),
  };
}

async function linkProblem(
  last: Checkpoint,
  link: Part['links'][number],
): Promise<string | undefined> {
  const sequence = last.sequence + 1;
  if (link.sequence !== sequence) return 'an event is missing or out of order';
  const hash = await linkHash(sequence, last.hash, link.canonical);
  if (hash !== link.hash) return 'its hash does not match its content';
  return columnProblem(link);
}

async function linkHash(sequence: number, previous: string, canonical: string): Promise<string> {
  const event = new TextEncoder().encode(canonical);
  const bytes = new Uint8Array(LINK_PREFIX.length + 8 + 32 + 4 + event.length);
  const view = new DataView(bytes.buffer);
  bytes.set(LINK_PREFIX);
  view.setBigUint64(LINK_PREFIX.length, BigInt(sequence));
  bytes.set(unhex(previous), LINK_PREFIX.length + 8);
  view.setUint32(LINK_PREFIX.length + 40, event.length);
  bytes.set(event, LINK_PREFIX.length + 44);
  return hex(await sha256(bytes));
}

const sha256 = async (bytes: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const unhex = (text: string) => Buffer.from(text, 'hex').subarray(0, 32);
