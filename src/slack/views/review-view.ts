/** The list behind a digest's *Review…*: page by page, what is most dangerous and most urgent first. Each row opens the usual forms. */

import type { Button, KnownBlock, ModalView } from '@slack/types';
import { formatDuration } from '../../domain/duration.js';
import type { Operation } from '../../domain/vocabulary.js';
import type { DigestCardItem } from '../../ports/index.js';
import { button } from '../cards/buttons.js';
import { isPending } from '../cards/digest-card.js';
import type { Place } from '../delivery/channel-posting.js';
import { DIGEST, toButtonValue } from '../format/action-ids.js';
import { clipMiddle } from '../format/clip.js';
import { code, context, moment, plain, plainSection, section } from '../format/text-objects.js';

const ROWS = 10;
/** Room for a path in a row. */
const PATH = 120;

export interface Review {
  readonly items: readonly DigestCardItem[];
  /** The digest's. */
  readonly place: Place;
  /** From 0; a page that does not exist any more becomes the last one. */
  readonly page: number;
}

export function reviewView({ items, place, page: wanted }: Review): ModalView {
  const pending = items.filter(isPending).sort(mostPressing);
  const pages = Math.max(1, Math.ceil(pending.length / ROWS));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  const rows = pending.slice(page * ROWS, (page + 1) * ROWS);
  return {
    type: 'modal',
    title: plain('Requests that wait'),
    close: plain('Close'),
    private_metadata: JSON.stringify(place),
    blocks: [
      ...(rows.length > 0 ? rows.flatMap(row) : [plainSection('All of them are decided.')]),
      { type: 'actions', elements: turning(page, pages) },
      context(`${pending.length} of ${items.length} wait · page ${page + 1} of ${pages}`),
    ],
  };
}

const RISK: Record<Operation, number> = { delete: 0, write: 1, read: 2, list: 3 };

const mostPressing = (a: DigestCardItem, b: DigestCardItem) =>
  RISK[a.operation] - RISK[b.operation] || a.expiresAt.getTime() - b.expiresAt.getTime();

function row(item: DigestCardItem): KnownBlock[] {
  const { operation, resources, requester, duration, expiresAt, approval, digest } = item;
  const [first = '', ...more] = resources;
  const path = code(clipMiddle(first.replace(/^vsecure:\/\/(secrets\/)?/, ''), PATH));
  const others = more.length > 0 ? ` and ${more.length} more` : '';
  const value = toButtonValue({ approval, seen: digest });
  const what = `*${operation.toUpperCase()}* ${path}${others}, for ${formatDuration(duration)}`;
  return [
    section(`${what}\nkey ${code(requester)} · decide before ${moment(expiresAt)}`),
    {
      type: 'actions',
      elements: [
        {
          ...button('approve', 'Approve…', 'Look at this request and approve it', value),
          style: 'primary',
        },
        { ...button('deny', 'Deny…', 'Deny this request with a reason', value), style: 'danger' },
        button('details', 'Details…', 'Show the whole request', value),
      ],
    },
  ];
}

/** Also draws the page anew: what was decided in the meantime is gone from it. */
function turning(page: number, pages: number): Button[] {
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
