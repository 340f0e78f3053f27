/** The list that a digest's *Review…* opens: in pages, most dangerous and most urgent first. Each row opens the usual forms. */

import type { Button, KnownBlock, ModalView } from '@slack/types';
import { spellDuration } from '../../domain/duration.js';
import type { Operation } from '../../domain/vocabulary.js';
import type { DigestCardItem } from '../../ports/index.js';
import { decisionButtons, detailsButton } from '../cards/buttons.js';
import { isPending } from '../cards/digest-card.js';
import type { Place } from '../delivery/channel-posting.js';
import { DIGEST, toButtonValue } from '../format/action-ids.js';
import { clipMiddle } from '../format/clip.js';
import { code, context, moment, plain, plainSection, section } from '../format/text-objects.js';

const ROWS = 10;
/** Characters of a path in a row. */
const PATH_LIMIT = 120;

export interface Review {
  readonly items: readonly DigestCardItem[];
  /** Where the digest is posted. */
  readonly place: Place;
  /** From 0; a page beyond the end becomes the last one. */
  readonly page: number;
}

export function reviewView({ items, place, page: wanted }: Review): ModalView {
  const pending = items.filter(isPending).sort(mostUrgent);
  const pages = Math.max(1, Math.ceil(pending.length / ROWS));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  const rows = pending.slice(page * ROWS, (page + 1) * ROWS);
  return {
    type: 'modal',
    title: plain('Pending requests'),
    close: plain('Close'),
    private_metadata: JSON.stringify(place),
    blocks: [
      ...(rows.length > 0 ? rows.flatMap(row) : [plainSection('No request is pending.')]),
      { type: 'actions', elements: pageButtons(page, pages) },
      context(`${pending.length} of ${items.length} pending · page ${page + 1} of ${pages}`),
    ],
  };
}

const RISK: Record<Operation, number> = { delete: 0, write: 1, read: 2, list: 3 };

const mostUrgent = (a: DigestCardItem, b: DigestCardItem) =>
  RISK[a.operation] - RISK[b.operation] || a.expiresAt.getTime() - b.expiresAt.getTime();

function row(item: DigestCardItem): KnownBlock[] {
  const { operation, resources, requester, duration, expiresAt, approval, digest } = item;
  const [first = '', ...more] = resources;
  const path = code(clipMiddle(first.replace(/^vsecure:\/\/(secrets\/)?/, ''), PATH_LIMIT));
  const others = more.length > 0 ? ` and ${more.length} more` : '';
  const value = toButtonValue({ approval, seen: digest });
  const what = `*${operation.toUpperCase()}* ${path}${others}, for ${spellDuration(duration)}`;
  return [
    section(`${what}\nAPI key ${code(requester)} · expires ${moment(expiresAt)}`),
    {
      type: 'actions',
      elements: [...decisionButtons(value), detailsButton(value)],
    },
  ];
}

/** *Refresh* removes the requests that were decided in the meantime. */
function pageButtons(page: number, pages: number): Button[] {
  const to = (kind: keyof typeof DIGEST, text: string, target: number): Button => ({
    type: 'button',
    action_id: DIGEST[kind],
    text: plain(text),
    value: `${target}`,
  });
  return [
    ...(page > 0 ? [to('back', 'Back', page - 1)] : []),
    to('again', 'Refresh', page),
    ...(page < pages - 1 ? [to('forward', 'Next', page + 1)] : []),
  ];
}
