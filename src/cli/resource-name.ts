/** Resolves resource names that users type. */

import { fullUri } from '../contract/short-name.js';
import { UsageError } from './command-errors.js';

/** Returns the full URI of a template. Throws UsageError for the full URI of another kind of resource. */
export function templateUri(text: string): string {
  const uri = fullUri(text, 'templates');
  if (uri.startsWith('vsecure://templates/')) return uri;
  throw new UsageError(
    'Not a template; with --template use a short path, or a URI that starts with vsecure://templates/',
  );
}
