/** What becomes of one read of a group, and what the audit trail says of it. Pure. */

import type { AuditEvent } from '../domain/audit-event.js';
import type { GrantId } from '../domain/grant.js';
import type { OpenedRead } from '../domain/ports.js';
import type { Refusal } from '../domain/refusal.js';
import { type Result, refused } from '../domain/result.js';
import type { GrantStatus } from '../domain/vocabulary.js';
import type { Counted, Uses } from './ledger-grants.js';
import type { Sighting } from './ledger-lookup.js';

export interface Outcome {
  readonly sighting: Sighting;
  readonly result: Result<OpenedRead>;
}

/** Gives out the uses that were taken, in the order of the group; whoever finds none left is told so. */
export function settle(
  sighting: Sighting,
  uses: Uses,
  counted: ReadonlyMap<GrantId, Counted>,
  installation: string,
): Outcome {
  const { grant, secret } = sighting;
  const refusal = whyNot(sighting);
  if (refusal || !grant || !secret)
    return { sighting, result: refused(refusal ?? { code: 'not_found' }) };
  const use = uses.get(grant.id);
  if (use?.status !== 'active') return { sighting, result: ended(use?.status ?? 'expired') };
  if (use.taken === 0) return { sighting, result: ended('used_up') };
  use.taken -= 1;
  const count = counted.get(grant.id);
  if (!count) return { sighting, result: ended('expired') };
  const { id, path, version, sealed } = secret;
  const opened: OpenedRead = {
    grant: grant.id,
    grantEndsAt: count.endsAt,
    remainingMs: count.remainingMs,
    place: { installation, secretId: id, path, version },
    sealed,
  };
  return { sighting, result: { ok: true, value: opened } };
}

function whyNot({ grant, permitted, secret }: Sighting): Refusal | undefined {
  if (!grant) return { code: 'approval_required' };
  if (grant.status !== 'active') return { code: 'grant_ended', how: grant.status };
  if (!permitted) return { code: 'not_permitted', operation: 'read' };
  if (!secret) return { code: 'not_found' };
  return undefined;
}

const ended = (how: Exclude<GrantStatus, 'active'>) => refused({ code: 'grant_ended', how });

export function readEvent({ sighting: { read, grant, secret }, result }: Outcome): AuditEvent {
  return {
    type: result.ok ? 'secret_read' : 'read_refused',
    actor: { kind: 'key', id: read.principal, name: read.principalName },
    principal: read.principal,
    grant: grant?.id,
    resources: [read.resource],
    operation: 'read',
    refusal: result.ok ? undefined : result.refusal.code,
    details: { key: read.key, version: result.ok ? secret?.version : read.version },
  };
}
