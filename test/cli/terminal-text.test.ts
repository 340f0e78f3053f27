/** Whatever an agent writes, a terminal only shows it. */

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

/** A terminal obeys no character of these classes in our output, line breaks excepted. */
const obeyed = (text: string) =>
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text.replaceAll('\n', ''));

test('no control, invisible or direction-changing character of a stranger reaches a terminal', () => {
  fc.assert(
    fc.property(anything, (text) => {
      expect(obeyed(escapeText(text))).toBe(false);
      expect(escapeText(text)).not.toContain('\n');
      expect(obeyed(escapeLines(text))).toBe(false);
      expect(obeyed(escapeJson({ text }))).toBe(false);
    }),
  );
});

test('JSON that is harmless to look at still means the same to a program', () => {
  fc.assert(
    fc.property(fc.jsonValue(), anything, (value, text) => {
      expect(JSON.parse(escapeJson({ value, text }))).toEqual(
        JSON.parse(JSON.stringify({ value, text })),
      );
    }),
  );
});

test('what is shown instead says which character it was; ordinary text in any script stays', () => {
  expect(escapeText('\u001b[31m\u202eabc')).toBe('\\u{1b}[31m\\u{202e}abc');
  expect(escapeText('Grüße, 東京, привет, שלום')).toBe('Grüße, 東京, привет, שלום');
});

test('a stranger’s words cannot add a line to a table or to facts', () => {
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

test('columns line up, and what is not there is a dash', () => {
  const rows = [{ a: 'long one', b: 1 }, { a: 'x' }, { a: 'é', b: 22 }];
  const columns = [
    { header: 'a', cell: (row: (typeof rows)[number]) => row.a },
    { header: 'b', cell: (row: (typeof rows)[number]) => row.b },
  ];
  expect(table(rows, columns)).toBe('A         B\nlong one  1\nx         -\né         22');
});

test('a fact without a value is left out, one with several takes several lines', () => {
  const shown = fieldList([
    ['One', ['a', 'b']],
    ['None', undefined],
    ['Three', formatTime('2026-05-01T09:30:15.123Z')],
  ]);
  expect(shown).toBe('One    a\n       b\nThree  2026-05-01 09:30 UTC');
});
