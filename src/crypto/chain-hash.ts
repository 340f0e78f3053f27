/** The hash chain of the audit trail: each link covers its sequence, the previous link and its event. */
import { createHash } from 'node:crypto';
import type { ChainHash } from '../ports/index.js';

const HASH_BYTES = 32;

/** Prefix of every link, so that no other hash in the product can be mistaken for one. */
const LINK = Buffer.from('\0vsecure/audit/1', 'ascii');

/**
 * Genesis is SHA-256(installation). A link is SHA-256 over 0x00, "vsecure/audit/1", the sequence (u64), the
 * previous hash (32 bytes), the length of the event in bytes (u32) and the event as UTF-8; integers big-endian.
 * `next` throws RangeError when the previous hash is not 32 bytes or the sequence is not a whole number.
 */
export const chainHash: ChainHash = {
  genesis: (installation) => createHash('sha256').update(installation, 'utf8').digest(),

  next(previous, sequence, canonical) {
    if (previous.length !== HASH_BYTES) throw new RangeError('a previous hash has 32 bytes');
    const event = Buffer.from(canonical, 'utf8');
    return createHash('sha256')
      .update(LINK)
      .update(u64(sequence))
      .update(previous)
      .update(u32(event.length))
      .update(event)
      .digest();
  },
};

function u64(value: number): Buffer {
  if (!Number.isSafeInteger(value)) throw new RangeError('a sequence is a whole number');
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
