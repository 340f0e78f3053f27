/** The message that announces one change of a policy: first what becomes possible, then who changed what. */

import type { KnownBlock } from '@slack/types';
import { oneLine } from '../../domain/untrusted-text.js';
import type { PolicyChangeRecord } from '../../ports/index.js';
import { clip, clipMiddle, packLines } from '../format/clip.js';
import { code, context, escaped, mrkdwn, plain, plainSection } from '../format/text-objects.js';
import type { Card } from './approval-card.js';
import { readable } from './policy-changes.js';
import { capitalized } from './wording.js';

/** A section holds 3,000 characters, and a line stays whole in one. */
const SECTION_ROOM = 2900;
const LINE_MAX = 1400;
/** All blocks of a message may hold about 13,000 characters of JSON, in which a character may take two. */
const LOOSENS_ROOM = 1400;
const LINES_ROOM = 3400;
/** Room in a header, which holds 150 characters. */
const HEADLINE_PATTERN = 110;

export function policyChangeCard(change: PolicyChangeRecord): Card {
  const { uri, actor, lines, loosens, policy, version } = change;
  const pattern = clipMiddle(uri.replace(/^vsecure:\/\/(secrets\/)?/, ''), HEADLINE_PATTERN);
  const who = [`*Changed by*\nAPI key ${code(actor)}`, `*Pattern*\n${code(uri)}`];
  return {
    text: fallbackText(change),
    blocks: [
      { type: 'header', text: plain(`${headline(change)} · ${pattern}`) },
      ...plainLines(loosens.map(looserLine), LOOSENS_ROOM),
      { type: 'section', fields: who.map(mrkdwn) },
      // The pattern stands above, and in plain text it would be broken like a link.
      ...plainLines(
        lines.filter((line) => line !== `uri: ${uri}` && line !== `name: ${uri}`),
        LINES_ROOM,
      ),
      context(`Policy ${code(policy)} · version ${version} · full change in the audit trail`),
    ],
  };
}

/** `New policy: this can now be requested`, or `Loosens: grants may last longer`. */
const looserLine = (why: string): string =>
  why.startsWith('new policy:') ? capitalized(why) : `Loosens: ${why}`;

const headline = ({ loosens }: PolicyChangeRecord): string =>
  loosens.length > 0 ? 'Policy loosened' : 'Policy changed';

/** What a locked phone shows: the key, without the pattern and without text from the policy. */
function fallbackText(change: PolicyChangeRecord): string {
  return `${headline(change)} by ${escaped(change.actor)}.`;
}

/** Plain text, since the lines may contain names and addresses from a policy file. A line cannot imitate two lines. */
function plainLines(lines: readonly string[], room: number): KnownBlock[] {
  const each = Math.min(LINE_MAX, Math.floor(room / Math.max(1, lines.length)));
  const clean = lines.map((line) => clip(oneLine(readable(line)), each));
  return packLines(clean, SECTION_ROOM).map(plainSection);
}
