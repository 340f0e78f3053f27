/** Short names of resources, as people write them: without `vsecure://secrets/`. */

import { clipMiddle } from './clip.js';

/** Characters of one name in a list. */
const NAME_MAX = 60;

/** A secret whose path begins like another kind of resource keeps `secrets/`, so that two resources never look alike. */
export const pathOf = (resource: string): string =>
  resource.replace(
    /^vsecure:\/\/(?:secrets\/(?!(?:secrets|templates|audit|api-keys)(?:\/|$)))?/,
    '',
  );

export const shortName = (resource: string): string => clipMiddle(pathOf(resource), NAME_MAX);

/** The first name, and the number of the others. */
export function shortNames([first, ...more]: readonly string[]): string {
  if (first === undefined) return '';
  return shortName(first) + (more.length > 0 ? ` and ${more.length} more` : '');
}
