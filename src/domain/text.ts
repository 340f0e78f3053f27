/** Free text from outside: made storable, and measured by what it says rather than by its length. */

/**
 * The text as Postgres and JSON can hold it: NUL and lone surrogates become U+FFFD. Without this a hostile reason could make
 * the very insert fail that records its refusal.
 */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** Characters, a run of white space counted as one, ends trimmed. */
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
