/**
 * Identifiers are compared letter by letter in ASCII. JavaScript and SQL fold by Unicode: `K` (the Kelvin sign, U+212A) becomes `k`, and
 * `ſ` becomes `S`, so that two people's addresses would be one.
 */

/** Printable ASCII without spaces. */
export const isAscii = (text: string): boolean => /^[\x21-\x7e]*$/.test(text);

/** A to Z in lower case; every other character stays. */
export const asciiLower = (text: string): string =>
  text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** a to z in upper case; every other character stays. */
export const asciiUpper = (text: string): string =>
  text.replace(/[a-z]/g, (letter) => letter.toUpperCase());
