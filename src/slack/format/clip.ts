/** Shortens text by whole characters, so that one long value cannot push another one out of view. */

/** At most `most` code points; an ellipsis replaces the end. */
export function clip(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}

/** At most `most` code points; an ellipsis replaces the middle, since the ends of a path say most. */
export function clipMiddle(text: string, most: number): string {
  const characters = [...text];
  if (characters.length <= most) return text;
  const tail = Math.floor((most - 1) / 2);
  const head = most - 1 - tail;
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}

/** Joins lines into texts of at most `most` UTF-16 units each; a longer line is cut. */
export function packLines(lines: readonly string[], most: number): readonly string[] {
  const packed: string[] = [];
  for (const line of lines) {
    const last = packed.at(-1);
    const whole = line.slice(0, most);
    if (last !== undefined && last.length + 1 + whole.length <= most)
      packed[packed.length - 1] = `${last}\n${whole}`;
    else packed.push(whole);
  }
  return packed;
}
