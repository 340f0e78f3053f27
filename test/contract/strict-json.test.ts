/** Strict JSON: refuses every text that two programs could read differently. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readStrictJson } from '../../src/contract/strict-json.js';

const LIMITS = { levels: 32, names: 1000, values: 1000 };
const read = (text: string) => readStrictJson(Buffer.from(text), LIMITS);

test('valid JSON is read as JSON.parse reads it', () => {
  const values = fc.jsonValue({ maxDepth: 5 });
  fc.assert(
    fc.property(values, fc.nat({ max: 3 }), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      fc.pre(!text.includes('__proto__'));
      expect(read(text)).toEqual({ ok: true, value: JSON.parse(text) });
    }),
  );
});

test('a duplicate name in an object is refused, at any depth and in any escaping', () => {
  const names = fc.string({ minLength: 1, maxLength: 5, unit: 'grapheme-ascii' });
  const escaped = (name: string) =>
    [...name].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
  fc.assert(
    fc.property(names, fc.jsonValue({ maxDepth: 2 }), fc.boolean(), (name, value, hide) => {
      const first = `${JSON.stringify(name)}:${JSON.stringify(value)}`;
      const second = `${hide ? `"${escaped(name)}"` : JSON.stringify(name)}:1`;
      for (const text of [`{${first},${second}}`, `[0,{"other":{${first},"x y":[],${second}}}]`])
        expect(read(text).ok).toBe(false);
    }),
  );
});

test('the same name may occur in different objects, and as a value', () => {
  const text = '{"a":{"a":"a"},"b":[{"a":1},{"a":":"},"a"]}';
  expect(read(text)).toEqual({ ok: true, value: JSON.parse(text) });
});

test.each([
  ['{"a":', 'not_json'],
  ['"\\ud800"', 'ambiguous'],
  ['{"\\udfff":1}', 'ambiguous'],
  ['[1e999]', 'ambiguous'],
  ['{"__proto__":1}', 'ambiguous'],
  [`${'['.repeat(33)}${']'.repeat(33)}`, 'too_complex'],
  [`[${Array.from({ length: 1001 }, (_, at) => `{"${at}":1}`)}]`, 'too_complex'],
  [`{${Array.from({ length: 501 }, (_, at) => `"${at}":1`)}}`, 'too_complex'],
  [`[${Array.from({ length: 1001 }, () => 1)}]`, 'too_complex'],
  [`[${Array.from({ length: 501 }, () => '{}')}]`, 'too_complex'],
])('%s is refused as %s', (text, problem) => {
  expect(read(text)).toEqual({ ok: false, problem });
});

/** The slowest of several readings by an unprepared reader would measure the machine, so this takes the fastest. */
function fastest(bytes: Buffer, limits: typeof LIMITS): number {
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    readStrictJson(bytes, limits);
    return performance.now() - start;
  });
  return Math.min(...times);
}

const many = (count: number, item: (at: number) => string) =>
  Buffer.from(`[${Array.from({ length: count }, (_, at) => item(at))}]`);

test.each([
  ['130,000 numbers', many(130_000, () => '1')],
  ['87,000 empty lists', many(87_000, () => '[]')],
  ['87,000 empty objects', many(87_000, () => '{}')],
  [
    '25,000 names in one object',
    Buffer.from(`{${many(25_000, (at) => `"${at}":1`).subarray(1, -1)}}`),
  ],
  ['a text of escapes', Buffer.from(`["${'\\"'.repeat(125_000)}"]`)],
  ['brackets that are never closed', Buffer.from('[['.repeat(130_000))],
  ['quotes that are never closed', Buffer.from('"\\'.repeat(87_000))],
])('a body of 256 KiB with %s holds the event loop for less than 20 ms', (_, bytes) => {
  expect(fastest(bytes, { levels: 8, names: 25_000, values: 25_000 })).toBeLessThan(20);
});

test('the body without a limit on values would take several times as long', () => {
  const bytes = many(87_000, () => '[]');
  const all = Number.POSITIVE_INFINITY;
  const unlimited = fastest(bytes, { levels: 8, names: all, values: all });
  const limited = fastest(bytes, { levels: 8, names: 25_000, values: 25_000 });
  expect(unlimited).toBeGreaterThan(3 * limited);
});
