/** Output with everything in its place that is another in every run: ids, moments, addresses, random values. */

/** As long as what they stand for, so that columns stay where they are. */
const MOMENTS: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/g, '2026-05-01T09:30:00.000000Z'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '2026-05-01T09:30:00.000Z'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '2026-05-01 09:30:00'],
  [/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, '2026-05-01 09:30 UTC'],
];

const ID = /\b([a-z]{3,4})_([0-9A-Za-z]{22})\b/g;
const TOKEN = /(?<![\w-])[\w-]{43}(?![\w-])/g;
const FIRST = 123;

export type Steady = (text: string) => string;

/** The same id is the same everywhere in the document; `appr_abc123…` is the first, as in the samples. */
export function createSteady(): Steady {
  const known = new Map<string, string>();
  const stand = (prefix: string, random: string) => {
    const count = [...known.keys()].filter((id) => id.startsWith(`${prefix}_`)).length;
    const name = `${prefix}_abc${FIRST + count}`.padEnd(prefix.length + 1 + random.length, '0');
    const id = `${prefix}_${random}`;
    known.set(id, known.get(id) ?? name);
    return known.get(id) ?? name;
  };
  return (text) =>
    MOMENTS.reduce((before, [pattern, instead]) => before.replace(pattern, instead), text)
      .replace(ID, (_, prefix, random) => stand(prefix, random))
      .replace(/http:\/\/127\.0\.0\.1:\d+/g, 'http://127.0.0.1:3000')
      .replace(/\badmin-\w{6}-/g, 'admin-abc123-')
      .replace(/(?<=^Key +)\w{10}(?= of )/gm, 'abc1230000')
      .replace(/\[\d+\](?= VSECURE_)/g, '[4711]')
      .replace(/\/\S+\/home-\w{6}/g, '~')
      .replace(TOKEN, (token) => 'random-'.padEnd(token.length, 'x'));
}
