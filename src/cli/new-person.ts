/** A command that names an unknown person adds them. One that almost names a known person is probably mistyped: it asks first. */

import { nearest } from '../contract/did-you-mean.js';
import type { Io } from './io.js';

/**
 * Asks before `email` is added, when it is one or two typing errors away from a known person. Throws UsageError without a terminal unless the
 * command line has `--yes`. A caller who may not list people is not asked: the server decides alone.
 */
export async function confirmNewPerson(
  io: Io,
  email: string,
  { yes, unchanged }: { readonly yes: boolean | undefined; readonly unchanged: string },
): Promise<void> {
  const people = await io
    .client()
    .people.list()
    .catch(() => []);
  const known = people.map((person) => person.email);
  if (known.includes(email.toLowerCase())) return;
  const similar = nearest(email, known);
  if (similar === undefined) return;
  io.err(`vsecure does not know ${email}. Did you mean ${similar}?`);
  await io.confirm({ question: `Add ${email} as a new person?`, yes, unchanged });
}
