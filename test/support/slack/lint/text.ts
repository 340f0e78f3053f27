/** Text objects: plain_text and mrkdwn. */

import { asString, isObject, type JsonObject } from '../json.js';
import type { Report } from './report.js';

/** Mentions that notify all members; no text of vsecure may contain one. A user group may only be mentioned by its bare id. */
const BROADCAST = /<!(channel|here|everyone|subteam\^(?!S[A-Z0-9]{1,30}>))/;

/** A text object of at most `most` characters. */
export function lintText(report: Report, path: string, value: unknown, most: number): void {
  if (!isObject(value)) report.add(path, 'has no text object');
  else lintWords(report, path, value, most);
}

function lintWords(report: Report, path: string, words: JsonObject, most: number): void {
  const { type, text, emoji, verbatim } = words;
  report.capped(`${path}.text`, text, most);
  if (type === 'mrkdwn') {
    if (BROADCAST.test(asString(text))) report.add(path, 'mentions all members');
    if (emoji !== undefined) report.add(path, 'emoji belongs to plain_text');
  } else if (type === 'plain_text') {
    if (verbatim !== undefined) report.add(path, 'verbatim belongs to mrkdwn');
  } else report.add(path, `${String(type)} is no text type`);
}

/** A text object that Slack accepts as plain_text only. */
export function lintPlain(report: Report, path: string, value: unknown, most: number): void {
  lintText(report, path, value, most);
  if (isObject(value) && value['type'] !== 'plain_text') report.add(path, 'must be plain_text');
}

export function lintOptionalPlain(
  report: Report,
  path: string,
  value: unknown,
  most: number,
): void {
  if (value !== undefined) lintPlain(report, path, value, most);
}
