/** What an audit event did, as one line for people: the same words in the terminal, in Slack and in the API. */

import type { AuditEvent } from './audit-event.js';
import type { Json } from './canonical-json.js';
import { duration, list, yesNo } from './policy/describe-value.js';
import { FIELDS, POLICY_FIELDS, type PolicyField } from './policy/policy-fields.js';
import type { KeyClass } from './vocabulary.js';

/** The key whose access an event concerns. */
export interface EventSubject {
  readonly name: string;
  readonly class: KeyClass;
  /** E-mail address of the owner. */
  readonly owner: string;
}

type Details = NonNullable<AuditEvent['details']>;

/**
 * Such as `denied; read; for claude-desktop (agent key of bob@example.com)`: the verdict, the operation, what changed, and the key, as far as
 * the event has them. It reads only what the viewer may see: `event` and `subject` as they are shown to the viewer.
 */
export function summaryOf(event: AuditEvent, subject?: EventSubject): string | undefined {
  const { type, operation, actor, principal, details = {} } = event;
  const parts = [
    verdictOf(details),
    operation,
    typeof details['duration'] === 'number' ? duration(details['duration']) : undefined,
    details['automatic'] === true ? 'automatic' : undefined,
    ...(type === 'policy_changed'
      ? policyChanges(details)
      : SHOWN.map((name) => fact(name, details))),
    subject && principal !== actor.id ? subjectText(subject) : undefined,
  ].filter((part) => part !== undefined);
  return parts.length > 0 ? parts.join('; ') : undefined;
}

/** `approved` or `denied` for a decision; `approve` or `deny` for a vote or a refused one. */
const verdictOf = ({ outcome, verdict }: Details): string | undefined => text(outcome ?? verdict);

const subjectText = ({ name, class: keyClass, owner }: EventSubject) =>
  `for ${name} (${keyClass} key of ${owner})`;

/** Details that say what was changed, of the events about people, secrets, receivers and alert rules. The subject says whose key it is. */
const SHOWN = [
  'email',
  'role',
  'active',
  'removed',
  'version',
  'key',
  'slack',
  'receiver',
  'rule',
  'to',
] as const;

function fact(name: string, details: Details): string | undefined {
  const value = text(details[name]);
  return value === undefined || value === '' ? undefined : `${name} ${value}`;
}

/** One for each field that differs, as the announcement of the change says it. */
function policyChanges({ before, after }: Details): readonly string[] {
  if (!isRecord(before)) return ['new policy'];
  if (!isRecord(after)) return ['policy removed'];
  return POLICY_FIELDS.flatMap((field) => {
    const [was, is] = [before, after].map((rules) => shownValue(field, rules[field]));
    return was === is ? [] : [`${field}: ${was} → ${is}`];
  });
}

/** The event holds the rules as JSON. */
function shownValue(field: PolicyField, value: Json | undefined): string {
  if (typeof value === 'number' && FIELDS[field].form === 'duration') return duration(value);
  return text(value) ?? 'not set';
}

function text(value: Json | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return yesNo(value);
  if (Array.isArray(value)) return list(value.map((one) => text(one) ?? ''));
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
