/** Short names of resources, for places with little room. */

import { clipMiddle } from './clip.js';

/** Characters of one name. */
const NAME_MAX = 80;

/** As people write it: without `vsecure://secrets/`. */
export const shortName = (resource: string): string =>
  clipMiddle(resource.replace(/^vsecure:\/\/(secrets\/)?/, ''), NAME_MAX);

/** The first name, and the number of the others. */
export function shortNames([first, ...more]: readonly string[]): string {
  if (first === undefined) return '';
  return shortName(first) + (more.length > 0 ? ` and ${more.length} more` : '');
}
