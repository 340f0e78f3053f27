/** Names of resources as they are typed. */

import { fullUri } from '../contract/short-name.js';
import { UsageError } from './command-errors.js';

/** The full URI of a template, which a URI that is typed in full must already be. */
export function templateUri(text: string): string {
  const uri = fullUri(text, 'templates');
  if (uri.startsWith('vsecure://templates/')) return uri;
  throw new UsageError(
    'With --template the path is a short one, or begins with vsecure://templates/',
  );
}
