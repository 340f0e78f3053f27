/** Identifiers are folded in ASCII: no two different ones become one. */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseApproverEntry } from '../../src/domain/approver-entry.js';
import { asciiLower, asciiUpper, isAscii } from '../../src/domain/ascii.js';
import { parseZone } from '../../src/domain/policy/time-zone.js';

describe('a character outside ASCII', () => {
  const every = Array.from({ length: 0x10ffff - 127 }, (_, at) => at + 128)
    .filter((code) => code < 0xd800 || code > 0xdfff)
    .map((code) => String.fromCodePoint(code));
  const becomesAscii = (fold: (text: string) => string) =>
    every.filter((character) => /[\x20-\x7e]/.test(fold(character)));

  test('never becomes a letter of an identifier', () => {
    expect([...becomesAscii(asciiLower), ...becomesAscii(asciiUpper)]).toEqual([]);
    expect(every.filter(isAscii)).toEqual([]);
    expect([asciiLower('Kate@Example.COM'), asciiUpper('pst')]).toEqual([
      'kate@example.com',
      'PST',
    ]);
  });

  test('becomes one in a build that folds by Unicode', () => {
    expect(becomesAscii((text) => text.toLowerCase())).toContain('\u212A');
    expect(becomesAscii((text) => text.toUpperCase())).toContain('\u017F');
  });

  test('makes an approver and a time zone another one', () => {
    expect(parseApproverEntry('\u212Aate@example.com')).not.toEqual(
      parseApproverEntry('kate@example.com'),
    );
    expect(parseZone('P\u017FT').ok).toBe(false);
  });
});

/** Files that fold text for people to read, or names that are ASCII by their own pattern. Each with the number of places. */
const READ_BY_PEOPLE: Readonly<Record<string, number>> = {
  'cli/env-file.ts': 2,
  // The server refuses an address with other characters.
  'cli/new-person.ts': 1,
  'cli/table.ts': 1,
  'domain/ascii.ts': 2,
  'domain/untrusted-text.ts': 3,
  'http/method-not-allowed.ts': 1,
  'http/openapi/document.ts': 1,
  'http/problem.ts': 1,
  'notify/egress.ts': 1,
  // The scheme of an address, of which a pattern takes only ASCII.
  'sdk/address.ts': 1,
  'slack/cards/policy-changes.ts': 1,
  'slack/cards/wording.ts': 1,
};

test('no file folds an identifier by Unicode', () => {
  const root = new URL('../../src/', import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  const folds =
    /\.(?:toLowerCase|toUpperCase|toLocaleLowerCase|toLocaleUpperCase|localeCompare|normalize)\(/g;
  const sql = /\b(?:lower|upper|initcap)\((?!\)|[^()]*collate "C"\))|\bcitext\b|\bilike\b|~\*/gi;
  const count = (pattern: RegExp, only: RegExp) =>
    Object.fromEntries(
      files.flatMap((file) => {
        if (!file.endsWith('.ts') || !only.test(file)) return [];
        const text = readFileSync(new URL(file, root), 'utf8').replace(
          /\/\*[\s\S]*?\*\/|\/\/.*/g,
          '',
        );
        const found = text.match(pattern)?.length ?? 0;
        return found > 0 ? [[file, found]] : [];
      }),
    );
  expect(count(folds, /./)).toEqual(READ_BY_PEOPLE);
  expect(count(sql, /^(?:store|postgres|main)\//)).toEqual({});
});
