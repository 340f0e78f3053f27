/** Recording the read of a secret value. The ledger must record a read before the vault opens the value. */

import type { GrantId } from '../domain/grant.js';
import type { PrincipalId } from '../domain/principal.js';
import type { Result } from '../domain/result.js';
import type { SealedValue, SecretPlace } from '../domain/secret.js';

export interface ReadRequest {
  readonly principal: PrincipalId;
  readonly principalName: string;
  readonly key: string;
  readonly resource: string;
  readonly version?: number | undefined;
}

/** An authorised read: the grant is active, the use is counted, and the event is committed. */
export interface OpenedRead {
  readonly grant: GrantId;
  readonly grantEndsAt: Date;
  /** Milliseconds until the grant's end, by the database's clock at the check. */
  readonly remainingMs: number;
  readonly place: SecretPlace;
  readonly sealed: SealedValue;
}

export interface ReadLedger {
  /**
   * Checks the grant, counts the use and appends the event. All of it is committed before this resolves; refusals are recorded too.
   * Throws when the audit trail cannot be written: then no value may be read.
   */
  open(read: ReadRequest): Promise<Result<OpenedRead>>;
}
