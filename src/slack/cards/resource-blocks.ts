/** The resources of a request, in full where they fit. */

import type { SectionBlock } from '@slack/types';
import type { Approval } from '../../domain/approval.js';
import { clipMiddle, packLines } from '../format/clip.js';
import { code, section } from '../format/text-objects.js';
import { resourceCount } from './wording.js';

/** A section holds 3,000 characters. */
const SECTION_ROOM = 2900;
/** All blocks of a message may hold about 13,000 characters of JSON; the resources may take this much. */
const CARD_ROOM = 4800;

/** On a card: all names are listed, and long ones are cut in the middle. */
export function resourceBlocks(approval: Approval): SectionBlock[] {
  const each = Math.floor(CARD_ROOM / Math.max(1, approval.resources.length));
  return listed(approval, (resource) => clipMiddle(resource, each));
}

/** In a modal, where there is room for every character. */
export const fullResourceBlocks = (approval: Approval): SectionBlock[] =>
  listed(approval, (resource) => resource);

/** Numbered, so that a form can refer to them. A resource that the approver did not grant is marked. */
function listed(approval: Approval, shorten: (resource: string) => string): SectionBlock[] {
  const { resources } = approval;
  const [only = '', ...more] = resources;
  if (more.length === 0) return [section(`*Resource*\n${code(shorten(only))}`)];
  const lines = resources.map((resource, index) => {
    const mark = isGranted(approval, resource) ? '' : ' *not granted*';
    return `${index + 1}. ${code(shorten(resource))}${mark}`;
  });
  return packLines([`*Resources (${resourceCount(approval)})*`, ...lines], SECTION_ROOM).map(
    section,
  );
}

/** True for every resource until the request is decided. */
const isGranted = (approval: Approval, resource: string): boolean =>
  approval.status !== 'approved' || approval.grantedResources.includes(resource);
