/** The audit event: an allow-listed shape built from ids, never a redacted copy of a request. */

import type { ApprovalId } from './approval.js';
import { canonicalJson, type Json } from './canonical-json.js';
import type { GrantId } from './grant.js';
import type { Person } from './person.js';
import type { Principal, PrincipalId } from './principal.js';
import type { Caller } from './rights.js';
import type { EntryPoint, EventType, Operation, RefusalCode } from './vocabulary.js';

export interface Actor {
  readonly kind: 'key' | 'person' | 'system' | 'stranger';
  readonly id: string;
  /** A key's name, a person's e-mail address, or a job's name. */
  readonly name: string;
}

export interface AuditEvent {
  readonly type: EventType;
  readonly actor: Actor;
  readonly approval?: ApprovalId | undefined;
  readonly grant?: GrantId | undefined;
  /** The principal whose access the event concerns, if any. */
  readonly principal?: PrincipalId | undefined;
  readonly resources?: readonly string[] | undefined;
  readonly operation?: Operation | undefined;
  readonly entryPoint?: EntryPoint | undefined;
  /** The refusal code, when the action was refused. */
  readonly refusal?: RefusalCode | undefined;
  /** Free text that the actor entered. */
  readonly reason?: string | undefined;
  /** Ids, numbers and settings specific to this type. Never a secret value. */
  readonly details?: { readonly [key: string]: Json | undefined } | undefined;
}

export interface RecordedEvent extends AuditEvent {
  readonly sequence: number;
  /** Time of the database's clock: RFC 3339 in UTC with microseconds. */
  readonly at: string;
  /** Lower-case hex. */
  readonly hash: string;
}

/** The bytes that the hash chain covers: RFC 8785 of the event with its sequence number and time. */
export function canonicalEvent(event: AuditEvent, sequence: number, at: string): string {
  const [head, mid, tail] = canonicalParts(event);
  return `${head}${at}${mid}${sequence}${tail}`;
}

/**
 * The canonical text of an event without its time and its sequence number: the parts before, between and after them. The database puts
 * them together when it knows both. RFC 8785 orders names, so `at` stands behind `approval`, and `sequence` before `type`.
 */
export function canonicalParts(event: AuditEvent): readonly [string, string, string] {
  const { type, actor, approval, grant, principal, resources, operation } = event;
  const { entryPoint, refusal, reason, details } = event;
  const { kind, id, name } = actor;
  const before = fields({ actor: { kind, id, name }, approval });
  // `door` is the name that events have been hashed with since the first release.
  const between = fields({
    details,
    door: entryPoint,
    grant,
    operation,
    principal,
    reason,
    refusal,
    resources,
  });
  const comma = between === '' ? '' : ',';
  return [`{${before},"at":"`, `",${between}${comma}"sequence":`, `,${fields({ type })}}`];
}

/** Canonical JSON without the braces. */
const fields = (value: { readonly [key: string]: Json | undefined }) =>
  canonicalJson(value).slice(1, -1);

export const keyActor = ({
  principal,
}: { principal: Pick<Principal, 'id' | 'name'> } | Caller): Actor => ({
  kind: 'key',
  id: principal.id,
  name: principal.name,
});

export const personActor = ({ id, email }: Pick<Person, 'id' | 'email'>): Actor => ({
  kind: 'person',
  id,
  name: email,
});

export const systemActor = (job: string): Actor => ({ kind: 'system', id: job, name: job });
