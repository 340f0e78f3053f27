/** Untrusted text is escaped before it reaches a terminal. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldList, formatTime } from '../../src/cli/field-list.js';
import { table } from '../../src/cli/table.js';
import { escapeJson, escapeLines, escapeText } from '../../src/cli/terminal-text.js';

const HOSTILE = [
  '\u001b[2J\u001b[H$ vsecure mcp:approve',
  '\u009b31mred',
  '\u001b]8;;https://evil.example\u0007click\u001b]8;;\u0007',
  'safe\rDenied',
  'appr_\u202egnp.exe',
  'zero\u200bwidth\u2060\ufeff',
  'line\u2028separator\u2029s',
  'next\u0085line\u000b\u000c',
  'tag\u{e0041}s',
  'lone \ud800 surrogate',
  '\b\b\b\u007f',
];

const anything = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.array(fc.constantFrom(...HOSTILE)).map((parts) => parts.join('')),
);

/** True when the text contains a character that a terminal would interpret. Line breaks are allowed. */
const hasUnsafe = (text: string) =>
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text.replaceAll('\n', ''));

test('escaping removes every control, invisible and direction-changing character', () => {
  fc.assert(
    fc.property(anything, (text) => {
      expect(hasUnsafe(escapeText(text))).toBe(false);
      expect(escapeText(text)).not.toContain('\n');
      expect(hasUnsafe(escapeLines(text))).toBe(false);
      expect(hasUnsafe(escapeJson({ text }))).toBe(false);
    }),
  );
});

test('escaped JSON parses to the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue(), anything, (value, text) => {
      expect(JSON.parse(escapeJson({ value, text }))).toEqual(
        JSON.parse(JSON.stringify({ value, text })),
      );
    }),
  );
});

test('an escaped character shows its code point, and ordinary text in any script stays unchanged', () => {
  expect(escapeText('\u001b[31m\u202eabc')).toBe('\\u{1b}[31m\\u{202e}abc');
  expect(escapeText('Grüße, 東京, привет, שלום')).toBe('Grüße, 東京, привет, שלום');
});

test('untrusted text cannot add a line to a table or a field list', () => {
  fc.assert(
    fc.property(anything, (text) => {
      const rows = [{ text }, { text: 'x' }];
      expect(table(rows, [{ header: 'text', cell: (row) => row.text }]).split('\n')).toHaveLength(
        3,
      );
      expect(
        fieldList([
          ['Reason', text],
          ['Key', 'x'],
        ]).split('\n'),
      ).toHaveLength(2);
    }),
  );
});

test('table columns line up, and a missing value is a dash', () => {
  const rows = [{ a: 'long one', b: 1 }, { a: 'x' }, { a: 'é', b: 22 }];
  const columns = [
    { header: 'a', cell: (row: (typeof rows)[number]) => row.a },
    { header: 'b', cell: (row: (typeof rows)[number]) => row.b },
  ];
  expect(table(rows, columns)).toBe('A         B\nlong one  1\nx         -\né         22');
});

test('a field without a value is omitted, and one with several values takes several lines', () => {
  const shown = fieldList([
    ['One', ['a', 'b']],
    ['None', undefined],
    ['Three', formatTime('2026-05-01T09:30:15.123Z')],
  ]);
  expect(shown).toBe('One    a\n       b\nThree  2026-05-01 09:30 UTC');
});
