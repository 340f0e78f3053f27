/** The list that a digest's *Review…* opens, in pages. Each row opens the usual forms. */

import type { Button, KnownBlock, ModalView } from '@slack/types';
import { mostUrgentFirst } from '../../domain/risk-signals.js';
import type { DigestCardItem } from '../../ports/index.js';
import type { CardFacts } from '../../usecases/approvals/card-facts.js';
import { rowButtons } from '../cards/buttons.js';
import { isPending } from '../cards/digest-card.js';
import { decidableRow } from '../cards/request-row.js';
import type { Place } from '../delivery/channel-posting.js';
import { DIGEST, toButtonValue } from '../format/action-ids.js';
import { context, open, plain, plainSection, section } from '../format/text-objects.js';

const ROWS = 10;

/** One page of a digest's pending requests. */
export interface Page {
  readonly rows: readonly DigestCardItem[];
  /** From 0. */
  readonly page: number;
  readonly pages: number;
  /** On all pages. */
  readonly pending: number;
  readonly requests: number;
}

/** A page beyond the end becomes the last one. */
export function pageOf(items: readonly DigestCardItem[], wanted: number): Page {
  const pending = items.filter(isPending).toSorted(mostUrgentFirst);
  const pages = Math.max(1, Math.ceil(pending.length / ROWS));
  const page = Math.min(Math.max(0, wanted), pages - 1);
  const rows = pending.slice(page * ROWS, (page + 1) * ROWS);
  return { rows, page, pages, pending: pending.length, requests: items.length };
}

export interface Review extends Omit<Page, 'rows'> {
  readonly rows: readonly CardFacts[];
  /** Where the digest is posted. */
  readonly place: Place;
}

export function reviewView({ rows, place, page, pages, pending, requests }: Review): ModalView {
  const count = `${pending} of ${requests} ${requests === 1 ? 'request' : 'requests'} pending`;
  return {
    type: 'modal',
    title: plain('Pending requests'),
    close: plain('Close'),
    private_metadata: JSON.stringify(place),
    blocks: [
      ...(rows.length > 0 ? rows.flatMap(row) : [plainSection('No request is pending.')]),
      { type: 'actions', elements: pageButtons(page, pages) },
      context(
        `${count} · page ${page + 1} of ${pages} · deletions first, then changes; then by deadline`,
      ),
    ],
  };
}

function row(facts: CardFacts): KnownBlock[] {
  const { approval, digest, policy } = facts;
  const value = toButtonValue({ approval: approval.id, seen: digest });
  const inSlack = policy?.decideFrom.includes('slack') ?? false;
  return [
    open(section(decidableRow(facts))),
    { type: 'actions', elements: rowButtons(value, inSlack) },
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
