/** Strict JSON: refuses every text that two programs could read differently. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readStrictJson } from '../../src/contract/strict-json.js';

const LIMITS = { levels: 32, names: 1000 };
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
  [`{${Array.from({ length: 1001 }, (_, at) => `"${at}":1`)}}`, 'too_complex'],
])('%s is refused as %s', (text, problem) => {
  expect(read(text)).toEqual({ ok: false, problem });
});
