/** Splits a command line into words as a shell does, and does nothing else that a shell does. */

/** Spaces, a part in single quotes, a part in double quotes, an unquoted part, or an unclosed quote. */
const PIECE = /(\s+)|'([^']*)'|"((?:[^"\\]|\\.)*)"|([^\s'"]+)|(.)/gsu;

/**
 * Splits at spaces. Single quotes keep every character; double quotes too, except `\"` and `\\`. A backslash elsewhere is an ordinary
 * character, as in a Windows path. Undefined when a quote is not closed.
 */
export function splitWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  for (const [, space, single, double, plain] of `${text} `.matchAll(PIECE)) {
    const piece = single ?? double?.replace(/\\(["\\])/g, '$1') ?? plain;
    if (piece !== undefined) word = (word ?? '') + piece;
    else if (space === undefined) return undefined;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  return words;
}
