/** Several words in one option, separated by commas. */

/** Without blanks around them, and without empty ones. */
export const words = (text: string): readonly string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
