/** Proofs that partitions of the audit trail were detached by a command with the master key, and not by a writer of the database. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { DetachmentProof } from '../ports/index.js';
import { boundFields } from './bound-fields.js';
import { type MasterKey, subkey } from './master-key.js';

/** HMAC-SHA256 (RFC 2104) under a subkey, over the installation and the partition's name, first and last sequence number and last hash. */
export function createDetachmentProof(masterKey: MasterKey, installation: string): DetachmentProof {
  const key = subkey(masterKey, 'detachment');
  const prove: DetachmentProof['prove'] = ({ archive, first, last, hash }) =>
    createHmac('sha256', key)
      .update(boundFields(installation, archive, String(first), String(last), hash))
      .digest();
  return {
    prove,
    holds: (partition, proof) => proof.length === 32 && timingSafeEqual(prove(partition), proof),
  };
}
