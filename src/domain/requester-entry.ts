/**
 * How a policy names those who may ask: a key by its name, or a person by the e-mail address of the keys' owner. A text with an `@` is an
 * address. `key:` names a key whatever its name looks like: earlier versions let a key have the name of an address.
 */

import { asciiLower } from './ascii.js';

/** The authenticated key and its owner; never what a client says about itself. */
export interface Requester {
  readonly name: string;
  readonly ownerEmail: string;
}

export type RequesterEntry =
  | { readonly kind: 'key'; readonly name: string }
  /** In lower case. */
  | { readonly kind: 'owner'; readonly email: string };

const KEY = 'key:';

/** Policies store and send the text. */
export function parseRequesterEntry(text: string): RequesterEntry {
  if (text.startsWith(KEY)) return { kind: 'key', name: text.slice(KEY.length) };
  return looksLikeAddress(text)
    ? { kind: 'owner', email: asciiLower(text) }
    : { kind: 'key', name: text };
}

/** Could this name of a key be taken for an e-mail address? No new key gets such a name. */
export const looksLikeAddress = (name: string): boolean => name.includes('@');

/** A key's name where it could be taken for a person: with `key:` before a name that looks like an address. */
export const keyLabel = (name: string): string => (looksLikeAddress(name) ? `${KEY}${name}` : name);

/** The canonical texts, each of them once. `parseRequesterEntry` reads them back as the same entries. */
export const canonicalRequesters = (texts: readonly string[]): readonly string[] => [
  ...new Set(
    texts.map((text) => {
      const entry = parseRequesterEntry(text);
      return entry.kind === 'key' ? keyLabel(entry.name) : entry.email;
    }),
  ),
];

/** Does the entry name this key, or the owner of this key? */
export function namesRequester(text: string, { name, ownerEmail }: Requester): boolean {
  const entry = parseRequesterEntry(text);
  return entry.kind === 'key' ? entry.name === name : entry.email === ownerEmail;
}
