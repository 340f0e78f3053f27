/** Several splitCommas in one option, separated by commas. */

/** Without blanks around them, and without empty ones. */
export const splitCommas = (text: string): readonly string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
