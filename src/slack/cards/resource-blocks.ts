/** The resources of a request: on a card those that its title does not name in full, in the details all of them. */

import type { SectionBlock } from '@slack/types';
import type { Approval } from '../../domain/approval.js';
import { packLines } from '../format/clip.js';
import { pathOf, shortName } from '../format/resource-names.js';
import { code, open, section } from '../format/text-objects.js';
import { TITLE_PATH } from './wording.js';

/** A section holds 3,000 characters. */
const SECTION_ROOM = 2900;
/** Names on a card. Of more, one fewer is listed, and their number. */
const LISTED_MAX = 4;

/** Empty for a single resource that stands in the title. */
export function resourceBlocks(approval: Approval): SectionBlock[] {
  const { resources } = approval;
  const [only = '', ...more] = resources;
  if (more.length === 0)
    return pathOf(only).length > TITLE_PATH ? [open(section(code(pathOf(only))))] : [];
  const shown = resources.length > LISTED_MAX ? resources.slice(0, LISTED_MAX - 1) : resources;
  const lines = shown.map(
    (resource) => `• ${code(shortName(resource))}${mark(approval, resource)}`,
  );
  const left = resources.length - shown.length;
  if (left > 0) lines.push(`and ${left} more in Details`);
  return [open(section(lines.join('\n')))];
}

/** Every character of every name. Numbered where there are several, so that a form can refer to them. */
export function fullResourceBlocks(approval: Approval): SectionBlock[] {
  const { resources } = approval;
  if (resources.length === 1) return [open(section(code(resources[0] ?? '')))];
  const lines = resources.map(
    (resource, index) => `${index + 1}. ${code(resource)}${mark(approval, resource)}`,
  );
  return packLines(lines, SECTION_ROOM).map((text) => open(section(text)));
}

/** Nothing is marked until the request is approved. */
const mark = (approval: Approval, resource: string): string =>
  approval.status !== 'approved' || approval.grantedResources.includes(resource)
    ? ''
    : ' *not granted*';
