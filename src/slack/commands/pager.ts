/** The buttons below one page of an answer. What they carry is a question to be asked again, never a right to its answer. */

import type { Button, KnownBlock } from '@slack/types';
import { z } from 'zod';
import { plain } from '../format/text-objects.js';

/** `action_id`s. */
export const PAGE_BUTTONS = { next: 'page_next', first: 'page_first' } as const;

/** Characters. Slack takes 2,000 in a button's value; a longer question has to be asked more narrowly. */
const VALUE_MAX = 1900;

const question = z.strictObject({
  text: z.string(),
  after: z
    .string()
    .max(600)
    .regex(/^[\x21-\x7e]+$/)
    .optional(),
});
export type Question = z.infer<typeof question>;

/** Empty for an answer of one page, and for a question that does not fit in a button. */
export function pageButtons({ text, after }: Question, next: string | undefined): KnownBlock[] {
  const elements: Button[] = [
    ...(next === undefined ? [] : [button('next', 'Next page', { text, after: next })]),
    ...(after === undefined ? [] : [button('first', 'First page', { text })]),
  ].filter(({ value = '' }) => value.length <= VALUE_MAX);
  return elements.length > 0 ? [{ type: 'actions', elements }] : [];
}

const button = (id: keyof typeof PAGE_BUTTONS, label: string, asked: Question): Button => ({
  type: 'button',
  action_id: PAGE_BUTTONS[id],
  text: plain(label),
  accessibility_label: `${label} of this answer`,
  value: JSON.stringify(asked),
});

/** Undefined for anything that we did not write. */
export function fromPageButton(value: string | undefined): Question | undefined {
  try {
    return question.safeParse(JSON.parse(value ?? '')).data;
  } catch {
    return undefined;
  }
}
