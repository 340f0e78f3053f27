/** Which of several resources to grant: a box for each, all of them ticked; and what the ticks mean when they come back. */

import type { InputBlock, PlainTextOption } from '@slack/types';
import { FIELD } from '../format/action-ids.js';
import { clipMiddle } from '../format/clip.js';
import { plain } from '../format/text-objects.js';

/** Boxes in one block. https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element */
const BOXES_MAX = 10;
/** Room in a box's text, which holds 75 characters; the whole name stands above, with the same number. */
const NAME_SHOWN = 70;

/** Empty for a single resource. Values are places in the list: a name may be longer than Slack takes. */
export function resourceFields(resources: readonly string[]): InputBlock[] {
  if (resources.length < 2) return [];
  const options = resources.map(option);
  const rest = options.slice(BOXES_MAX);
  const first = boxes(FIELD.resources, 'Which resources', options.slice(0, BOXES_MAX));
  if (rest.length === 0) return [first];
  // Either block may be empty as long as the other is not, which only we can check.
  const more = boxes(FIELD.moreResources, 'And which of these', rest);
  return [first, more].map((block) => ({ ...block, optional: true }));
}

function boxes(
  { block, element }: { readonly block: string; readonly element: string },
  label: string,
  options: PlainTextOption[],
): InputBlock {
  return {
    type: 'input',
    block_id: block,
    label: plain(label),
    hint: plain('Fewer than asked is possible: untick what you do not grant.'),
    element: { type: 'checkboxes', action_id: element, options, initial_options: options },
  };
}

const option = (resource: string, index: number): PlainTextOption => ({
  text: plain(`${index + 1}. ${clipMiddle(resource.replace('vsecure://', ''), NAME_SHOWN)}`),
  value: String(index),
});

/** The resources at these places; undefined when there is no such place. */
export function chosenResources(
  resources: readonly string[],
  places: readonly number[],
): readonly string[] | undefined {
  const chosen = resources.filter((_, index) => places.includes(index));
  return chosen.length === new Set(places).size ? chosen : undefined;
}
