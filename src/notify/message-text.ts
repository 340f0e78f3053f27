/** The text of a notification: a headline, then one fact per line. Facts are vsecure's own names and ids; a reason is quoted. */

import type { Notification } from '../domain/notification.js';
import { keyLabel } from '../domain/requester-entry.js';
import { quoted, visibleText } from '../domain/untrusted-text.js';

const HEADLINES: Record<Notification['type'], string> = {
  approval_requested: 'Access was requested',
  approval_decided: 'A request was decided',
  approval_expired: 'A request expired without a decision',
  access_granted: 'Access was granted',
  access_revoked: 'Access was revoked',
  secret_read: 'A secret was read',
  secret_written: 'A secret was changed',
  policy_changed: 'A policy was changed',
  alert: 'Alert',
};

export const headlineOf = ({ type, outcome }: Notification): string =>
  outcome ? `${HEADLINES[type]}: ${outcome}` : HEADLINES[type];

/** One line for each fact: no value can look like another line. */
export function factsOf(notification: Notification): readonly string[] {
  const { actor, approval, grant, key, resources, operation, details = {} } = notification;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Resource', resources?.join(', ')],
    ['Operation', operation],
    ['API key', key],
    ['By', actor.kind === 'key' ? keyLabel(actor.name) : actor.name],
    ['Request', approval],
    ['Grant', grant],
    ...Object.entries(details).map(([name, value]) => [name, textOf(value)] as const),
    ['Time', notification.timestamp],
  ];
  return facts.flatMap(([name, text]) =>
    text === undefined ? [] : [`${name}: ${visibleText(text).text.replaceAll('\n', ' ')}`],
  );
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

const QUOTED = { lines: 10, characters: 1000 } as const;

/** A person's or an agent's text, quoted. */
export const reasonOf = ({ reason }: Notification): string | undefined =>
  reason === undefined ? undefined : quoted(reason, QUOTED).text;
