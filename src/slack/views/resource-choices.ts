/** The choice of resources to grant: a checkbox for each, all of them ticked at first. */

import type { InputBlock, PlainTextOption } from '@slack/types';
import { FIELD } from '../format/action-ids.js';
import { clipMiddle } from '../format/clip.js';
import { plain } from '../format/text-objects.js';

/** Slack's limit of checkboxes in one block. https://docs.slack.dev/reference/block-kit/block-elements/checkboxes-element */
const BOXES_MAX = 10;
/** Characters of a name in a checkbox, which holds 75. The form lists the full names above, with the same numbers. */
const NAME_LIMIT = 70;

/** Empty for a single resource. The values are indexes, since a name may be longer than Slack allows. */
export function resourceFields(resources: readonly string[]): InputBlock[] {
  if (resources.length < 2) return [];
  const options = resources.map(option);
  const rest = options.slice(BOXES_MAX);
  const first = boxes(FIELD.resources, 'Which resources', options.slice(0, BOXES_MAX));
  if (rest.length === 0) return [first];
  // One of the two blocks may be empty, but not both: only vsecure can check that, not Slack.
  const more = boxes(FIELD.moreResources, 'More resources', rest);
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
    hint: plain('Untick what you do not grant.'),
    element: { type: 'checkboxes', action_id: element, options, initial_options: options },
  };
}

const option = (resource: string, index: number): PlainTextOption => ({
  text: plain(`${index + 1}. ${clipMiddle(resource.replace('vsecure://', ''), NAME_LIMIT)}`),
  value: String(index),
});

/** The resources at these indexes; undefined when an index does not exist. */
export function chosenResources(
  resources: readonly string[],
  indexes: readonly number[],
): readonly string[] | undefined {
  const chosen = resources.filter((_, index) => indexes.includes(index));
  return chosen.length === new Set(indexes).size ? chosen : undefined;
}
