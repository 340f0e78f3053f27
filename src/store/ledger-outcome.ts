/** The result of each read of a group, and its audit event. Pure. */

import type { AuditEvent } from '../domain/audit-event.js';
import type { GrantId } from '../domain/grant.js';
import { ok, type Result, refused } from '../domain/result.js';
import type { GrantStatus } from '../domain/vocabulary.js';
import type { OpenedRead, ReadRequest } from '../ports/index.js';
import type { SeenRow } from './ledger-statement.js';

export interface Outcome {
  readonly read: ReadRequest;
  readonly seen: SeenRow;
  readonly result: Result<OpenedRead>;
}

/** Assigns the uses of each grant in the order of the group; a read that finds none left is refused. */
export function createSettle(installation: string): (read: ReadRequest, seen: SeenRow) => Outcome {
  const given = new Map<GrantId, number>();

  const result = (seen: SeenRow): Result<OpenedRead> => {
    const { grant_id: grant, counted, ends_at: grantEndsAt, remaining_ms: remainingMs } = seen;
    if (!grant) return refused({ code: 'approval_required' });
    if (seen.grant_status !== 'active') return ended(seen.grant_status);
    if (!seen.permitted) return refused({ code: 'not_permitted', operation: 'read' });
    if (!seen.secret_id || !seen.version) return refused({ code: 'not_found' });
    if (counted === null || !grantEndsAt || remainingMs === null) return ended(seen.held_status);
    const before = given.get(grant) ?? 0;
    if (before >= counted) return ended('used_up');
    given.set(grant, before + 1);
    const { secret_id: secretId, path, version } = seen;
    const place = { installation, secretId, path, version };
    return ok({ grant, grantEndsAt, remainingMs, place, sealed: sealed(seen) });
  };

  return (read, seen) => ({ read, seen, result: result(seen) });
}

/** A grant that was active when it was locked and is not active afterwards expired while the statement ran. */
const ended = (how: GrantStatus | null) =>
  refused({ code: 'grant_ended', how: how === null || how === 'active' ? 'expired' : how });

const sealed = (seen: SeenRow) => ({
  algorithm: seen.algorithm,
  masterKeyId: seen.master_key_id,
  wrappedKey: seen.wrapped_key,
  iv: seen.iv,
  ciphertext: seen.ciphertext,
  tag: seen.tag,
});

export function readEvent({ read, seen, result }: Outcome): AuditEvent {
  return {
    type: result.ok ? 'secret_read' : 'read_refused',
    actor: { kind: 'key', id: read.principal, name: read.principalName },
    principal: read.principal,
    grant: seen.grant_id ?? undefined,
    resources: [read.resource],
    operation: 'read',
    refusal: result.ok ? undefined : result.refusal.code,
    details: { key: read.key, version: result.ok ? (seen.version ?? undefined) : read.version },
  };
}
