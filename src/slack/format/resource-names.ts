/** Resources by short names, where there is little room. */

import { clipMiddle } from './clip.js';

/** Room for one name. */
const NAME_MAX = 80;

/** As people write it. */
export const shortName = (resource: string): string =>
  clipMiddle(resource.replace(/^vsecure:\/\/(secrets\/)?/, ''), NAME_MAX);

/** The first of them, and how many more there are. */
export function shortNames([first, ...more]: readonly string[]): string {
  if (first === undefined) return '';
  return shortName(first) + (more.length > 0 ? ` and ${more.length} more` : '');
}
