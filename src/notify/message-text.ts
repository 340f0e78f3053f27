/** What a notification says to people: a headline, and facts line by line. Facts are names and ids of ours; a reason is quoted. */

import type { Notification } from '../domain/notification.js';
import { quoted, visibleText } from '../domain/untrusted-text.js';

const HEADLINES: Record<Notification['type'], string> = {
  approval_requested: 'Access was asked for',
  approval_decided: 'A request was decided',
  approval_expired: 'A request expired: nobody decided in time',
  access_granted: 'Access was granted',
  access_revoked: 'Access was revoked',
  secret_read: 'A secret was read',
  secret_written: 'A secret was changed',
  policy_changed: 'A policy was changed',
  alert: 'Alert',
};

export const headlineOf = ({ type, outcome }: Notification): string =>
  outcome ? `${HEADLINES[type]}: ${outcome}` : HEADLINES[type];

/** Each on a line of its own: nothing in them can look like another line. */
export function factsOf(notification: Notification): readonly string[] {
  const { actor, approval, grant, key, resources, operation, details = {} } = notification;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Resource', resources?.join(', ')],
    ['Operation', operation],
    ['Key', key],
    ['By', actor.name],
    ['Request', approval],
    ['Grant', grant],
    ...Object.entries(details).map(([name, value]) => [name, wordsOf(value)] as const),
    ['At', notification.timestamp],
  ];
  return facts.flatMap(([name, text]) =>
    text === undefined ? [] : [`${name}: ${visibleText(text).text.replaceAll('\n', ' ')}`],
  );
}

const wordsOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

const QUOTED = { lines: 10, characters: 1000 } as const;

/** Somebody's words, marked as such. */
export const reasonOf = ({ reason }: Notification): string | undefined =>
  reason === undefined ? undefined : quoted(reason, QUOTED).text;
