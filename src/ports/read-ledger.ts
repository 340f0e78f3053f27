/** Reading a value: the ledger stands before the vault. */

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

/** A read that the ledger let through: the grant held, the use is counted, the event is committed. */
export interface OpenedRead {
  readonly grant: GrantId;
  readonly grantEndsAt: Date;
  /** Milliseconds that the grant still had when the database looked at its clock. */
  readonly remainingMs: number;
  readonly place: SecretPlace;
  readonly sealed: SealedValue;
}

export interface ReadLedger {
  /**
   * Checks the grant, counts the use and appends the event, all committed before this resolves; refusals are recorded too.
   * Throws when the audit trail cannot be written: then nothing may be read.
   */
  open(read: ReadRequest): Promise<Result<OpenedRead>>;
}
