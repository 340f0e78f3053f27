/** Text from outside can neither hide nor disguise itself. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleanText, quoted } from '../../src/domain/untrusted-text.js';
import { hostileText } from '../slack/hostile.js';

const NEVER_SHOWN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

describe('every code point of Unicode', () => {
  test('every control, format, surrogate, private-use, unassigned or ignorable code point is spelled out', () => {
    const leaked: string[] = [];
    for (let point = 0; point <= 0x10ffff; point += 1) {
      const character = String.fromCodePoint(point);
      if (!NEVER_SHOWN.test(character) || '\n\r\t'.includes(character)) continue;
      const { text, suspicious } = cleanText(`a${character}b`);
      const hex = point.toString(16).toUpperCase().padStart(4, '0');
      if (text !== `a⟦U+${hex}⟧b` || !suspicious) leaked.push(hex);
    }
    expect(leaked).toEqual([]);
  });
});

test.each([
  ['an override of the writing direction', 'a\u202Eb', 'a⟦U+202E⟧b'],
  ['a zero-width space', 'pass\u200Bword', 'pass⟦U+200B⟧word'],
  ['tag characters', 'a\u{E0041}', 'a⟦U+E0041⟧'],
  ['a variation selector', 'a\uFE0F', 'a⟦U+FE0F⟧'],
  ['a lone surrogate', 'a\uD800b', 'a⟦U+D800⟧b'],
  ['a blank braille cell', 'a\u2800b', 'a⟦U+2800⟧b'],
  ['NUL', 'a\0b', 'a⟦U+0000⟧b'],
])('%s is made visible and marked as suspicious', (_, hostile, shown) => {
  expect(cleanText(hostile)).toEqual({ text: shown, suspicious: true });
});

test('stacked combining marks are cut to two and marked as suspicious', () => {
  expect(cleanText(`x${'\u0336'.repeat(40)}y`)).toEqual({
    text: 'x\u0336\u0336y',
    suspicious: true,
  });
});

test('letters of all scripts stay as they are, in composed form', () => {
  const text = 'Zürich, naïve, Ελλάδα, 日本語, हिन्दी, ไทย, עברית';
  expect(cleanText(text.normalize('NFD'))).toEqual({
    text: text.normalize('NFC'),
    suspicious: false,
  });
});

test('unusual spaces and line ends become ordinary ones', () => {
  expect(cleanText('a\u00A0b\u3000c\td\r\ne\rf').text).toBe('a b c d\ne\nf');
});

test.each([
  ['https://evil.example/a', 'hxxps[:]//evil.example/a'],
  ['HTTP://evil.example', 'hxxp[:]//evil.example'],
  ['see slack://open and vsecure://secrets/a', 'see slack[:]//open and vsecure[:]//secrets/a'],
])('%s is no longer a link', (link, broken) => {
  expect(cleanText(link).text).toBe(broken);
});

test('every short text has its links broken as a search for each scheme breaks them', () => {
  const slow = /([a-z][a-z0-9+.-]*):\/\//giu;
  const expected = (text: string) =>
    text.replace(slow, (_, scheme: string) => `${scheme.replace(/^http/i, 'hxxp')}[:]//`);
  const piece = fc.constantFrom(
    'http',
    'HTTP',
    'x',
    'ſ',
    'é',
    '1',
    '+',
    '-',
    '.',
    ':',
    '/',
    '://',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      expect(cleanText(text).text).toBe(expected(text));
    }),
    { numRuns: 5000 },
  );
});

test('a word of 150,000 letters is searched within the time limit of a test, not in time that grows with its square', () => {
  const word = 'a'.repeat(150_000);
  expect(cleanText(word).text).toBe(word);
});

test('each quoted line is marked, and the quotation is cut to its limits', () => {
  const text = Array.from({ length: 12 }, (_, line) => `line ${line}`).join('\n');
  const { text: shown, left } = quoted(text, { lines: 3, characters: 500 });
  expect(shown).toBe('│ line 0\n│ line 1\n│ line 2');
  expect(left).toBe([...text].length - [...'line 0\nline 1\nline 2'].length);
});

test('every quotation keeps its frame and its limits', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      const { text: shown } = quoted(text, { lines: 8, characters: 500 });
      const lines = shown.split('\n');
      expect(lines.every((line) => line.startsWith('│ '))).toBe(true);
      expect(lines.length).toBeLessThanOrEqual(8);
      expect([...shown].length).toBeLessThanOrEqual(500 + 2 * 8);
      expect(NEVER_SHOWN.test(shown.replaceAll('\n', ''))).toBe(false);
      expect(shown).not.toContain('://');
    }),
    { numRuns: 2000 },
  );
});
