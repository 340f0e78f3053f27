/** Cuts a command line into words the way a shell would, and does nothing else that a shell does. */

/** A run of spaces, a piece in single quotes, one in double quotes, one without, or a quote that is never closed. */
const PIECE = /(\s+)|'([^']*)'|"((?:[^"\\]|\\.)*)"|([^\s'"]+)|(.)/gsu;

/**
 * Words are cut at spaces. Single quotes keep everything, double quotes everything but `\"` and `\\`; a backslash
 * elsewhere is itself, as in a path of Windows. Undefined when a quote is not closed.
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
