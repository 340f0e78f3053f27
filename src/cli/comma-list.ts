/** Parses an option that takes several values separated by commas. */

/** Trims each value and drops empty ones. */
export const splitCommas = (text: string): readonly string[] =>
  text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
