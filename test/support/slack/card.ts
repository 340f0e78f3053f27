/** Finds the button that a person would click on a message. */

import { asArray, asObject, isObject, type JsonObject } from './json.js';

/** The element with this action_id and its block's id, as an interaction payload carries it. */
export function findAction(message: JsonObject, actionId: string): JsonObject | undefined {
  for (const block of asArray(message['blocks']).map(asObject)) {
    const elements = [...asArray(block['elements']), block['accessory']].filter(isObject);
    const element = elements.find((one) => one['action_id'] === actionId);
    if (element) return { ...element, block_id: block['block_id'] };
  }
  return undefined;
}
