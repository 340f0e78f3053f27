/** What every way to store or delete a secret has in common: what is acceptable, sealing, and the record of it. */

import { type AuditEvent, keyActor } from '../../domain/audit-event.js';
import { SECRET_MAX_BYTES } from '../../domain/limits.js';
import { refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { SecretMetadata } from '../../domain/secret.js';
import { parseResource } from '../../domain/uri.js';
import type { Tx, Vault } from '../../ports/index.js';

export interface Sealing {
  readonly vault: Vault;
  readonly installation: string;
}

/** Under what, and how, when it is not an operator's doing. */
export type EventFields = Pick<AuditEvent, 'principal' | 'grant' | 'details'>;

/** Adds the next version to a secret whose row is held. Answers with metadata. */
export async function storeVersion(
  tx: Tx,
  { vault, installation }: Sealing,
  caller: Caller,
  secret: SecretMetadata,
  value: Uint8Array,
  under: EventFields = {},
): Promise<SecretMetadata> {
  const { id: secretId, path } = secret;
  const version = secret.version + 1;
  const sealed = vault.seal(value, { installation, secretId, path, version });
  const createdBy = caller.principal.id;
  const written = await tx.secrets.addVersion({ secretId, version, sealed, createdBy });
  tx.record({
    ...under,
    type: 'secret_written',
    actor: keyActor(caller),
    resources: [path],
    operation: 'write',
    details: { ...under.details, version },
  });
  return written;
}

/** Deletes every version of a secret whose row is held. It cannot be undone. */
export async function removeSecret(
  tx: Tx,
  caller: Caller,
  { id, path, version }: SecretMetadata,
  under: EventFields = {},
): Promise<void> {
  await tx.secrets.remove(id);
  tx.record({
    ...under,
    type: 'secret_deleted',
    actor: keyActor(caller),
    resources: [path],
    operation: 'delete',
    details: { ...under.details, version },
  });
}

/** A refusal when no value can be stored there, else undefined. */
export function checkPath(path: string) {
  const resource = parseResource(path);
  if (!resource.ok) return resource;
  if (resource.value.kind === 'secrets' || resource.value.kind === 'templates') return undefined;
  return refused({
    code: 'invalid_resource',
    problem: 'a value can be stored under vsecure://secrets/… or vsecure://templates/… only',
  });
}

/** A refusal when the value is empty or too large, else undefined. */
export function checkSize(value: Uint8Array) {
  if (value.length > 0 && value.length <= SECRET_MAX_BYTES) return undefined;
  return refused({
    code: 'invalid_input',
    problem: `A value has 1 to ${SECRET_MAX_BYTES} bytes.`,
  });
}
