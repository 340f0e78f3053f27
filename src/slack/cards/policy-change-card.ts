/** The message that announces one change of a policy: what it loosens first, then who changed what. */

import type { KnownBlock } from '@slack/types';
import { oneLine } from '../../domain/untrusted-text.js';
import type { PolicyChangeRecord } from '../../ports/index.js';
import { clip, clipMiddle, packLines } from '../format/clip.js';
import { code, context, escaped, mrkdwn, plain, plainSection } from '../format/text-objects.js';
import type { Card } from './approval-card.js';

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
  const who = [`*Changed by*\nkey ${code(actor)}`, `*Pattern*\n${code(uri)}`];
  return {
    text: fallbackText(change),
    blocks: [
      { type: 'header', text: plain(`${headline(change)} · ${pattern}`) },
      ...told(
        loosens.map((loosening) => `Loosens: ${loosening}`),
        LOOSENS_ROOM,
      ),
      { type: 'section', fields: who.map(mrkdwn) },
      // The pattern stands above, and in plain text it would be broken like a link.
      ...told(
        lines.filter((line) => line !== `uri: ${uri}` && line !== `name: ${uri}`),
        LINES_ROOM,
      ),
      context(`Policy ${code(policy)} · version ${version} · all of it is on the audit trail`),
    ],
  };
}

const headline = ({ loosens }: PolicyChangeRecord): string =>
  loosens.length > 0 ? 'Policy loosened' : 'Policy changed';

/** What a locked phone shows: who, and neither the pattern nor anything that the writer of a policy chose. */
function fallbackText(change: PolicyChangeRecord): string {
  return `${headline(change)} by ${escaped(change.actor)}.`;
}

/** Lines that may hold names and addresses from a policy file: plain text, and none of them can look like two. */
function told(lines: readonly string[], room: number): KnownBlock[] {
  const each = Math.min(LINE_MAX, Math.floor(room / Math.max(1, lines.length)));
  const clean = lines.map((line) => clip(oneLine(line), each));
  return packLines(clean, SECTION_ROOM).map(plainSection);
}
