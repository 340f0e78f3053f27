/** The `state.values` of a modal, as a person fills it in. */

import type { JsonObject } from './json.js';

/** block_id → action_id → the element's value. */
export type ViewValues = Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;

/** Text typed into a `plain_text_input`; null where it was left empty. */
export function typed(value: string | null): JsonObject {
  return { type: 'plain_text_input', value };
}

/** The option picked in a select or among radio buttons, by its value. */
export function picked(value: string, type = 'static_select'): JsonObject {
  return { type, selected_option: option(value) };
}

/** The boxes that are ticked. */
export function ticked(...values: readonly string[]): JsonObject {
  return { type: 'checkboxes', selected_options: values.map(option) };
}

function option(value: string): JsonObject {
  return { text: { type: 'plain_text', text: value }, value };
}
