/** Slack's text objects and the few forms of mrkdwn that vsecure writes. Only facts from the database may enter mrkdwn. https://docs.slack.dev/messaging/formatting-message-text */

import type { ContextBlock, MrkdwnElement, PlainTextElement, SectionBlock } from '@slack/types';
import { DateTime } from 'luxon';

/** Slack parses nothing in it: no mention, no link, no emoji code. */
export function plain(text: string): PlainTextElement {
  return { type: 'plain_text', text, emoji: false };
}

/** `verbatim`: Slack turns only written entities into links and mentions; bare addresses and names stay text. */
export function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

export const section = (text: string): SectionBlock => ({ type: 'section', text: mrkdwn(text) });
export const plainSection = (text: string): SectionBlock => ({
  type: 'section',
  text: plain(text),
});
export const context = (text: string): ContextBlock => ({
  type: 'context',
  elements: [mrkdwn(text)],
});

/** Escapes the three characters that mrkdwn interprets, `&` first. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A code span. Its content cannot end the span. */
export function code(text: string): string {
  return `\`${escaped(text).replaceAll('`', 'ˋ')}\``;
}

export function mention(userId: string): string {
  return `<@${userId}>`;
}

/** Notifies all members of a Slack user group. */
export function groupMention(groupId: string): string {
  return `<!subteam^${groupId}>`;
}

/** A date in the reader's own time zone; clients without support for date tokens show it in UTC. */
export function moment(at: Date): string {
  return `<!date^${Math.floor(at.getTime() / 1000)}^{date_short_pretty} at {time}|${utc(at)}>`;
}

/** How long ago, for an instant in the past; in UTC where a client does not support date tokens. */
export function ago(at: Date): string {
  return `<!date^${Math.floor(at.getTime() / 1000)}^{ago}|${utc(at)}>`;
}

/** A section that Slack never folds behind *Show more*. https://docs.slack.dev/reference/block-kit/blocks/section-block */
export const open = (block: SectionBlock): SectionBlock => ({ ...block, expand: true });

/** A number and its unit stay on one line. */
export const unbroken = (text: string): string =>
  text.replace(/(\d) (?=(?:days?|hours?|h|min|s|secrets?|resources?)\b)/g, '$1\u00a0');

/** The same for plain text. */
export function utc(at: Date, seconds = false): string {
  const time = seconds ? 'HH:mm:ss' : 'HH:mm';
  return DateTime.fromJSDate(at, { zone: 'utc' }).toFormat(`yyyy-MM-dd ${time} 'UTC'`);
}
