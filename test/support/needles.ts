/** Many needles in much hay: one pass over the bytes, however many needles there are. */

export interface Needle {
  readonly bytes: Buffer;
  readonly name: string;
}

/** The names of the needles that lie somewhere in the hay. Every needle has at least two bytes. */
export type Search = (hay: Uint8Array) => readonly string[];

export function createSearch(needles: readonly Needle[]): Search {
  const beginning = new Map<number, Needle[]>();
  const begins = new Uint8Array(65_536);
  for (const needle of needles) {
    const start = needle.bytes.readUInt16LE(0);
    begins[start] = 1;
    beginning.set(start, [...(beginning.get(start) ?? []), needle]);
  }

  return (hay) => {
    const found = new Set<string>();
    for (let at = 0; at + 1 < hay.length; at += 1) {
      const start = (hay[at] ?? 0) | ((hay[at + 1] ?? 0) << 8);
      if (begins[start] !== 1) continue;
      for (const { bytes, name } of beginning.get(start) ?? [])
        if (bytes.equals(hay.subarray(at, at + bytes.length))) found.add(name);
    }
    return [...found];
  };
}
