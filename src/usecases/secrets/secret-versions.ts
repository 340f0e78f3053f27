/** Store and delete secret versions: validation, sealing, and the audit event. */

import { type AuditEvent, keyActor } from '../../domain/audit-event.js';
import { SECRET_MAX_BYTES } from '../../domain/limits.js';
import type { HashText } from '../../domain/request-digest.js';
import { refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { SecretMetadata } from '../../domain/secret.js';
import { parseResource } from '../../domain/uri.js';
import type { Tx, Vault } from '../../ports/index.js';
import { inBase64 } from './encode-value.js';

/** What `storeVersion` needs to seal a value. */
export interface Sealing {
  readonly vault: Vault;
  /** A keyed hash, so that the database alone does not show whether a guess is right. */
  readonly fingerprint: HashText;
  readonly installation: string;
}

/** Additional fields of the audit event, for example the grant that was used. */
export type EventFields = Pick<AuditEvent, 'principal' | 'grant' | 'details'>;

/** Adds the next version to a secret whose row is locked. Returns metadata. */
export async function storeVersion(
  tx: Tx,
  { vault, fingerprint, installation }: Sealing,
  caller: Caller,
  secret: SecretMetadata,
  value: Uint8Array,
  eventFields: EventFields = {},
): Promise<SecretMetadata> {
  const { id: secretId, path } = secret;
  const version = secret.version + 1;
  const sealed = vault.seal(value, { installation, secretId, path, version });
  const createdBy = caller.principal.id;
  const written = await tx.secrets.addVersion({
    secretId,
    version,
    sealed,
    fingerprint: fingerprint(fingerprinted(secretId, version, value)),
    createdBy,
  });
  tx.record({
    ...eventFields,
    type: 'secret_written',
    actor: keyActor(caller),
    resources: [path],
    operation: 'write',
    details: { ...eventFields.details, version },
  });
  return written;
}

/**
 * True when the latest version has this value. Nothing is decrypted. A caller who only may write learns nothing by guessing: a wrong
 * guess becomes the next version and an audit event.
 */
export async function isStored(
  tx: Tx,
  { fingerprint }: Pick<Sealing, 'fingerprint'>,
  { id, version }: SecretMetadata,
  value: Uint8Array,
): Promise<boolean> {
  if (version === 0) return false;
  return tx.secrets.hasFingerprint(id, version, fingerprint(fingerprinted(id, version, value)));
}

/** A right guess is on record too. */
export function recordUnchanged(tx: Tx, caller: Caller, { path, version }: SecretMetadata): void {
  tx.record({
    type: 'secret_written',
    actor: keyActor(caller),
    resources: [path],
    operation: 'write',
    details: { version, unchanged: true },
  });
}

/** Bound to the version, so that equal values of two versions have different fingerprints. */
const fingerprinted = (secretId: string, version: number, value: Uint8Array) =>
  `secret value ${secretId} ${version} ${inBase64(value)}`;

/** Deletes all versions of a secret whose row is locked. This cannot be undone. */
export async function removeSecret(
  tx: Tx,
  caller: Caller,
  { id, path, version }: SecretMetadata,
  eventFields: EventFields = {},
): Promise<void> {
  await tx.secrets.remove(id);
  tx.record({
    ...eventFields,
    type: 'secret_deleted',
    actor: keyActor(caller),
    resources: [path],
    operation: 'delete',
    details: { ...eventFields.details, version },
  });
}

/** Returns a refusal when no value can be stored at this path, else undefined. */
export function checkPath(path: string) {
  const resource = parseResource(path);
  if (!resource.ok) return resource;
  if (resource.value.kind === 'secrets' || resource.value.kind === 'templates') return undefined;
  return refused({
    code: 'invalid_resource',
    problem: 'a value can be stored under vsecure://secrets/… or vsecure://templates/… only',
  });
}

/** Returns a refusal when the value is empty or too large, else undefined. */
export function checkSize(value: Uint8Array) {
  if (value.length > 0 && value.length <= SECRET_MAX_BYTES) return undefined;
  return refused({
    code: 'invalid_input',
    problem: `A value must have 1 to ${SECRET_MAX_BYTES} bytes.`,
  });
}
