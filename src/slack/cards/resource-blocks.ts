/** The resources of a request, in full where there is room. */

import type { SectionBlock } from '@slack/types';
import { clipMiddle, packLines } from '../clip.js';
import { code, section } from '../text-objects.js';

/** A section holds 3,000 characters. */
const SECTION_ROOM = 2900;
/** All blocks of a message may hold about 13,000 characters of JSON; this much is for the resources. */
const CARD_ROOM = 4800;

/** On a card: twenty long names are each cut in the middle rather than some left out. */
export function resourceBlocks(resources: readonly string[]): SectionBlock[] {
  const each = Math.floor(CARD_ROOM / Math.max(1, resources.length));
  return listed(resources.map((resource) => clipMiddle(resource, each)));
}

/** In a modal, where there is room for every character. */
export const fullResourceBlocks = (resources: readonly string[]): SectionBlock[] =>
  listed(resources);

function listed(resources: readonly string[]): SectionBlock[] {
  const [only = '', ...more] = resources;
  if (more.length === 0) return [section(`*Resource*\n${code(only)}`)];
  const lines = resources.map((resource) => `• ${code(resource)}`);
  return packLines([`*Resources (${resources.length})*`, ...lines], SECTION_ROOM).map(section);
}
