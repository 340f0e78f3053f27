/** Replaces everything that differs between runs: ids, times, addresses, random values. */

/** Replacements have the same length as the original, so that table columns stay aligned. */
const MOMENTS: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/g, '2026-05-01T09:30:00.000000Z'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-05-01T09:30:00.000Z'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '2026-05-01 09:30:00'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, '2026-05-01 09:30 UTC'],
];

const ID = /\b([a-z]{3,4})_([0-9A-Za-z]{22})\b/g;
const TOKEN = /(?<![\w-])[\w-]{43}(?![\w-])/g;
const FIRST = 123;

export type Stabilize = (text: string) => string;

/** An id gets the same replacement everywhere in the document. The first is `appr_abc123…`, as in the samples. */
export function createStabilizer(): Stabilize {
  const known = new Map<string, string>();
  const placeholderFor = (prefix: string, random: string) => {
    const count = [...known.keys()].filter((id) => id.startsWith(`${prefix}_`)).length;
    const name = `${prefix}_abc${FIRST + count}`.padEnd(prefix.length + 1 + random.length, '0');
    const id = `${prefix}_${random}`;
    known.set(id, known.get(id) ?? name);
    return known.get(id) ?? name;
  };
  return (text) =>
    MOMENTS.reduce((before, [pattern, instead]) => before.replace(pattern, instead), text)
      .replace(ID, (_, prefix, random) => placeholderFor(prefix, random))
      .replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://127.0.0.1:3000')
      .replace(/\badmin-\w{6}-/g, 'admin-abc123-')
      .replace(/(?<=^Key +)\w{10}(?= of )/gm, 'abc1230000')
      .replace(/\bkey \w{10}(?=; for )/g, 'key abc1230000')
      .replace(/\[\d+\](?= VSECURE_)/g, '[4711]')
      .replace(/\/\S+\/home-\w{6}/g, '~')
      .replace(TOKEN, (token) => 'random-'.padEnd(token.length, 'x'));
}
