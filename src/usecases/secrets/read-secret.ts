/** Read a value under a live grant. The audit event is committed before the value is decrypted; if it cannot be, nothing is read. */

import type { GrantId } from '../../domain/grant.js';
import { type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import { parseResource } from '../../domain/uri.js';
import type { OpenedRead, ReadLedger, Vault } from '../../ports/index.js';
import { requireScope } from '../authorization/require-scope.js';

export interface SecretReference {
  readonly resource: string;
  /** Undefined: the latest. */
  readonly version?: number | undefined;
}

export interface SecretValue {
  readonly resource: string;
  readonly version: number;
  readonly value: Uint8Array;
  readonly grant: GrantId;
  readonly expiresAt: Date;
}

export type ReadSecret = (
  caller: Caller,
  question: SecretReference,
) => Promise<Result<SecretValue>>;

/** `stopwatch` is a monotonic clock in ms that keeps running while the process is stopped. */
export function createReadSecret(
  ledger: ReadLedger,
  vault: Vault,
  stopwatch: () => number,
): ReadSecret {
  return async (caller, { resource, version }) => {
    const forbidden = requireScope(caller, 'grants:use');
    if (forbidden) return forbidden;
    const parsed = parseResource(resource);
    if (!parsed.ok) return parsed;

    const asked = stopwatch();
    const answer = await ledger.open({
      principal: caller.principal.id,
      principalName: caller.principal.name,
      key: caller.key.id,
      resource,
      version,
    });
    if (!answer.ok) return answer;
    // A process that was stopped between the commit and this line must not hand out what has ended meanwhile.
    if (stopwatch() - asked >= answer.value.remainingMs)
      return refused({ code: 'grant_ended', how: 'expired' });
    return { ok: true, value: reveal(vault, answer.value) };
  };
}

function reveal(vault: Vault, { place, sealed, grant, grantEndsAt }: OpenedRead): SecretValue {
  return {
    resource: place.path,
    version: place.version,
    value: vault.open(sealed, place),
    grant,
    expiresAt: grantEndsAt,
  };
}
