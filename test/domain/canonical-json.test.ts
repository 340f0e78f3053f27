/** RFC 8785, against a writer of its own. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, type Json } from '../../src/domain/canonical-json.js';

const SHORT: Record<string, string> = {
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

/** Sections 3.2.2 and 3.2.3 of the RFC, a character at a time. */
function byTheBook(value: Json): string {
  if (value === null || typeof value === 'boolean') return `${value}`;
  if (typeof value === 'number') return value === 0 ? '0' : value.toFixed(0);
  if (typeof value === 'string') return `"${[...value].map(escaped).join('')}"`;
  if (Array.isArray(value)) return `[${value.map((one: Json) => byTheBook(one)).join()}]`;
  const parts: [string, string][] = [];
  for (const [key, item] of Object.entries(value))
    if (item !== undefined) parts.push([key, `${byTheBook(key)}:${byTheBook(item)}`]);
  return `{${parts
    .sort(([a], [b]) => byUnits(a, b))
    .map(([, text]) => text)
    .join()}}`;
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  if (SHORT[character]) return SHORT[character];
  return code < 0x20 ? `\\u${code.toString(16).padStart(4, '0')}` : character;
}

function byUnits(a: string, b: string): number {
  for (let place = 0; place < Math.min(a.length, b.length); place += 1)
    if (a.charCodeAt(place) !== b.charCodeAt(place))
      return a.charCodeAt(place) - b.charCodeAt(place);
  return a.length - b.length;
}

const text = fc.string({ unit: 'binary', maxLength: 8 }).filter((one) => one.isWellFormed());
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(text, fc.oneof(tie('value'), fc.constant(undefined)), {
      maxKeys: 6,
    }) as fc.Arbitrary<Json>,
  ),
}));

test('canonical JSON agrees with an independent implementation of the RFC', () => {
  fc.assert(
    fc.property(value, (one) => {
      expect(canonicalJson(one)).toBe(byTheBook(one));
    }),
    { numRuns: 20_000 },
  );
});

test('canonical JSON parses to the same value', () => {
  fc.assert(
    fc.property(value, (one) => {
      expect(byTheBook(JSON.parse(canonicalJson(one)))).toBe(byTheBook(one));
    }),
  );
});

test('canonical JSON does not depend on the order of keys', () => {
  fc.assert(
    fc.property(fc.dictionary(text, value), fc.nat(), (one, turn) => {
      const entries = Object.entries(one);
      const turned = [...entries.slice(turn % 7), ...entries.slice(0, turn % 7)];
      expect(canonicalJson(Object.fromEntries(turned))).toBe(canonicalJson(one));
    }),
  );
});

test('canonical JSON sorts keys by UTF-16 code units, as in the RFC’s example', () => {
  const example = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, ö: 7 };
  expect(canonicalJson(example)).toBe(
    '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"\u{1f600}":5,"\ufb33":3}',
  );
});

test('canonical JSON omits absent keys and keeps null', () => {
  expect(canonicalJson({ b: undefined, a: null })).toBe('{"a":null}');
  expect(canonicalJson({})).toBe('{}');
  expect(canonicalJson(Object.assign(Object.create(null), { a: 1 }))).toBe('{"a":1}');
  expect(canonicalJson(-0)).toBe('0');
});

describe('values without a canonical form', () => {
  const wrong: [string, unknown][] = [
    ['a float', 0.5],
    ['a float that is nearly whole', 1 + Number.EPSILON],
    ['more than a safe integer', 2 ** 53],
    ['NaN', Number.NaN],
    ['infinity', Number.NEGATIVE_INFINITY],
    ['a lone high surrogate', 'a\uD800'],
    ['a lone low surrogate', '\uDC00a'],
    ['surrogates in the wrong order', '\uDC00\uD800'],
    ['undefined', undefined],
    ['a bigint', 1n],
    ['a symbol', Symbol('a')],
    ['a function', () => 1],
    ['a date', new Date(0)],
    ['a map', new Map([['a', 1]])],
    ['bytes', Buffer.from('secret')],
    ['an array with a hole', Array(2)],
  ];

  test.each(wrong)('canonical JSON refuses %s', (_, one) => {
    for (const holder of [one, [one], { a: [one] }])
      expect(() => Reflect.apply(canonicalJson, undefined, [holder])).toThrow(TypeError);
  });

  test('canonical JSON refuses a lone surrogate in a key', () => {
    expect(() => canonicalJson({ '\uD800': 1 })).toThrow(TypeError);
  });
});
