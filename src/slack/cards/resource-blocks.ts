/** The resources of a request, in full where there is room. */

import type { SectionBlock } from '@slack/types';
import type { Approval } from '../../domain/approval.js';
import { clipMiddle, packLines } from '../format/clip.js';
import { code, section } from '../format/text-objects.js';
import { howMany } from './wording.js';

/** A section holds 3,000 characters. */
const SECTION_ROOM = 2900;
/** All blocks of a message may hold about 13,000 characters of JSON; this much is for the resources. */
const CARD_ROOM = 4800;

/** On a card: twenty long names are each cut in the middle rather than some left out. */
export function resourceBlocks(approval: Approval): SectionBlock[] {
  const each = Math.floor(CARD_ROOM / Math.max(1, approval.resources.length));
  return listed(approval, (resource) => clipMiddle(resource, each));
}

/** In a modal, where there is room for every character. */
export const fullResourceBlocks = (approval: Approval): SectionBlock[] =>
  listed(approval, (resource) => resource);

/** Numbered, so that a form can speak of them; what an approver left out is marked. */
function listed(approval: Approval, shorten: (resource: string) => string): SectionBlock[] {
  const { resources } = approval;
  const [only = '', ...more] = resources;
  if (more.length === 0) return [section(`*Resource*\n${code(shorten(only))}`)];
  const lines = resources.map((resource, index) => {
    const left = isGranted(approval, resource) ? '' : ' *not granted*';
    return `${index + 1}. ${code(shorten(resource))}${left}`;
  });
  return packLines([`*Resources (${howMany(approval)})*`, ...lines], SECTION_ROOM).map(section);
}

/** Nothing is left out before somebody has decided. */
const isGranted = (approval: Approval, resource: string): boolean =>
  approval.status !== 'approved' || approval.grantedResources.includes(resource);
