/** The buttons below a page of an answer. A button carries a query to run again, never a permission to see its answer. */

import type { Button, KnownBlock } from '@slack/types';
import { z } from 'zod';
import { plain } from '../format/text-objects.js';

/** `action_id`s. */
export const PAGE_BUTTONS = { next: 'page_next', first: 'page_first' } as const;

/** Characters. Slack accepts 2,000 in a button's value; a longer query gets no page buttons. */
const VALUE_MAX = 1900;

const pageQuery = z.strictObject({
  text: z.string(),
  after: z
    .string()
    .max(600)
    .regex(/^[\x21-\x7e]+$/)
    .optional(),
});
export type PageQuery = z.infer<typeof pageQuery>;

/** Empty for an answer of one page, and for a query that does not fit in a button. */
export function pageButtons({ text, after }: PageQuery, next: string | undefined): KnownBlock[] {
  const elements: Button[] = [
    ...(next === undefined ? [] : [button('next', 'Next page', { text, after: next })]),
    ...(after === undefined ? [] : [button('first', 'First page', { text })]),
  ].filter(({ value = '' }) => value.length <= VALUE_MAX);
  return elements.length > 0 ? [{ type: 'actions', elements }] : [];
}

const button = (id: keyof typeof PAGE_BUTTONS, label: string, query: PageQuery): Button => ({
  type: 'button',
  action_id: PAGE_BUTTONS[id],
  text: plain(label),
  accessibility_label: `${label} of this answer`,
  value: JSON.stringify(query),
});

/** Undefined for a value that `pageButtons` did not write. */
export function fromPageButton(value: string | undefined): PageQuery | undefined {
  try {
    return pageQuery.safeParse(JSON.parse(value ?? '')).data;
  } catch {
    return undefined;
  }
}
