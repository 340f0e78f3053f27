/** Free text from outside: makes it storable, and checks that a reason has content. */

/**
 * Makes text storable in Postgres and JSON: NUL and lone surrogates become U+FFFD. Otherwise a hostile reason could make the
 * insert that records its refusal fail.
 */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** Counts characters after trimming. A run of white space counts as one. */
export function reasonLength(reason: string): number {
  return [...squeezed(reason)].length;
}

/** At least half of the characters are letters or digits: "........." is no reason. */
export function saysSomething(reason: string): boolean {
  const characters = [...squeezed(reason)].filter((character) => character !== ' ');
  const words = characters.filter((character) => /[\p{L}\p{N}]/u.test(character));
  return words.length > 0 && words.length * 2 >= characters.length;
}

function squeezed(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
