/** Free text from outside: measured by what it says, and always storable. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reasonLength, saysSomething, storable } from '../../src/domain/text.js';

const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
  fc.array(fc.constantFrom('\0', '\uD800', '\uDC00', 'a', ' ')).map((parts) => parts.join('')),
);

describe('the length of a reason', () => {
  test.each([
    ['', 0],
    ['   ', 0],
    ['\n\t\u00A0\u3000', 0],
    ['a', 1],
    ['  a  ', 1],
    ['a          b', 3],
    ['a\n\n\n\n\n\n\n\nb', 3],
    ['Zo\u00EB', 3],
    ['\u{1F511}\u{1F511}', 2],
  ])('the length of the reason %j is %d', (text, length) => {
    expect(reasonLength(text)).toBe(length);
  });

  test('padding does not change the length of a reason', () => {
    const padding = fc.array(fc.constantFrom(' ', '\n', '\t')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(anything, padding, (text, pad) => {
        expect(reasonLength(`${pad}${text}${pad}`)).toBe(reasonLength(text));
      }),
    );
  });
});

test.each([
  ['Debugging the failing connection', true],
  ['Отладка соединения', true],
  ['正在调试数据库连接', true],
  ['JIRA-1234', true],
  ['a.', true],
  ['a..', false],
  ['..........', false],
  ['----------', false],
  ['', false],
  ['          ', false],
  ['\u200B\u200B\u200B\u200B\u200B\u200B\u200B\u200B\u200B\u200B', false],
  ['\u{1F511}\u{1F511}\u{1F511}', false],
  ['ok !!!!!!!!', false],
])('the reason %j has content: %s', (text, expected) => {
  expect(saysSomething(text)).toBe(expected);
});

describe('storable text', () => {
  test('storable text is well formed and contains no NUL', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const stored = storable(text);
        expect(stored.isWellFormed()).toBe(true);
        expect(stored).not.toContain('\0');
        expect(stored).toHaveLength(text.length);
        expect(storable(stored)).toBe(stored);
      }),
      { numRuns: 5000 },
    );
  });

  test('valid text is stored unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!text.includes('\0'));
        expect(storable(text)).toBe(text);
      }),
    );
  });

  test('storable text shows where a character was replaced', () => {
    expect(storable('a\0b\uD800c\uDFFF')).toBe('a\uFFFDb\uFFFDc\uFFFD');
    expect(storable('\u{1F511}')).toBe('\u{1F511}');
  });
});
