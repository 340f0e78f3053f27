/** The text after `/vsecure` is read as the person meant it, whatever a phone or Slack made of it, and no word gets lost. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/domain/refusal.js';
import type { Result } from '../../src/domain/result.js';
import {
  mentioned,
  readMoment,
  readPattern,
  readWord,
} from '../../src/slack/commands/argument-values.js';
import { type ArgumentSpec, readArguments } from '../../src/slack/commands/arguments.js';
import { splitWords } from '../../src/slack/commands/split-words.js';
import { unwrap } from '../support/services.js';

const SPEC: ArgumentSpec = { words: 1, flags: { since: '24h', 'group-by': 'resource' } };
const REVOKE: ArgumentSpec = { words: 1, flags: {}, freeText: true };

const words = (typed: string) => unwrap(splitWords(typed)).map(({ text }) => text);
const read = (typed: string, spec = SPEC) => {
  const split = splitWords(typed);
  return split.ok ? readArguments(spec, split.value, typed) : split;
};
const flags = (typed: string) => Object.fromEntries(unwrap(read(typed)).flags);
const why = (answer: Result<unknown>) => (answer.ok ? 'nothing is wrong' : explain(answer.refusal));

describe('words', () => {
  test.each([
    ['plain ones', 'production/*  --since\t24h', ['production/*', '--since', '24h']],
    ['straight quotes', `"two words" 'and more'`, ['two words', 'and more']],
    [
      'what a phone makes of quotes',
      '“two words” ‘and more’ „wie hier“ «et là»',
      ['two words', 'and more', 'wie hier', 'et là'],
    ],
    ['a quote opened one way and closed the other', '“two words"', ['two words']],
    [
      'apostrophes',
      "it's the boys' and 'tis over",
      ["it's", 'the', "boys'", 'and', "'tis", 'over'],
    ],
    ['an apostrophe in a quotation', "'it's over'", ["it's over"]],
    ['a mention with a space in its name', '<@U123|ana maria> x', ['<@U123|ana maria>', 'x']],
    [
      'an address that Slack made a link of',
      '<mailto:ana@example.com|ana@example.com>',
      ['ana@example.com'],
    ],
    ['what Slack escaped', 'a&amp;b &lt;!channel&gt; &amp;amp;', ['a&b', '<!channel>', '&amp;']],
    ['a quoted value behind an equals sign', '--actor="ana maria"', ['--actor=ana maria']],
    ['an empty quotation', '""', ['']],
    ['nothing', '  \n ', []],
  ])('%s', (_, typed, expected) => {
    expect(words(typed)).toEqual(expected);
  });

  test('a quotation that is not closed is refused with an example', () => {
    expect(why(splitWords('audit "production/* and more'))).toMatch(
      /not closed: "production\/\* and more.*Example: "production\/\*"/,
    );
  });

  test('NUL and halves of characters, which no database spec, are replaced', () => {
    expect(words('a\0b \uD800x')).toEqual(['a\uFFFDb', '\uFFFDx']);
  });

  const typed = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc
      .array(fc.constantFrom(...`'"“”‘’„«»<>@#!|=- \n\0a—&;U1\u202E`), { maxLength: 200 })
      .map((all) => all.join('')),
    fc.constantFrom(
      "'; drop table audit_event; --",
      '$(rm -rf /)',
      '%s%n',
      '-- --- --=',
      '\u202Egnp',
    ),
  );

  test('any text is read or refused, and no word of it is lost', () => {
    fc.assert(
      fc.property(typed, (text) => {
        const split = splitWords(text);
        for (const spec of [SPEC, REVOKE]) expect(typeof read(text, spec).ok).toBe('boolean');
        if (!split.ok || /[&<]/.test(text)) return;
        const bare = (one: string) =>
          one
            .toWellFormed()
            .replaceAll('\0', '\uFFFD')
            .replace(/[\s'"“”‘’„«»]/gu, '');
        expect(bare(split.value.map((word) => word.text).join(''))).toBe(bare(text));
      }),
      { numRuns: 3000 },
    );
  });

  test('ten thousand opened quotes are read in less than a second', () => {
    const begun = performance.now();
    expect(words("'a ".repeat(10_000))).toHaveLength(10_000);
    expect(splitWords(`"${'x'.repeat(100_000)}`).ok).toBe(false);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});

describe('flags', () => {
  test.each([
    ['--since 24h', { since: '24h' }],
    ['--since=24h', { since: '24h' }],
    ['—since 24h', { since: '24h' }],
    ['–since=24h', { since: '24h' }],
    ['-since 24h', { since: '24h' }],
    ['--SINCE "24h" --group-by resource', { since: '24h', 'group-by': 'resource' }],
    ['x --since "--odd"', { since: '--odd' }],
  ])('%s', (typed, expected) => {
    expect(flags(typed)).toEqual(expected);
  });

  test('a quoted word is not a flag', () => {
    expect(unwrap(read('"--since"')).words).toEqual(['--since']);
  });

  test.each([
    ['--sinse 24h', '--sinse is not an option of this command. Did you mean --since?'],
    [
      '--constructor 1',
      '--constructor is not an option of this command. Options: --since, --group-by.',
    ],
    ['--since', '--since needs a value. Example: --since 24h'],
    ['--since=', '--since needs a value. Example: --since 24h'],
    ['--since --group-by resource', '--since needs a value. Example: --since 24h'],
    ['--since 1h --since 2h', '--since is given twice.'],
    ['one two', '"two" is not expected here.'],
  ])('%s is refused with the correct usage', (typed, expected) => {
    expect(why(read(typed))).toContain(expected);
  });
});

describe('free text', () => {
  const reason = (typed: string) => unwrap(read(`grnt_1 ${typed}`, REVOKE)).rest;

  test.each([
    ['the incident is over', 'the incident is over'],
    ['"the incident is over"', 'the incident is over'],
    ['“the incident is over”', 'the incident is over'],
    ['--reason "the incident is over"', 'the incident is over'],
    ['—reason=over', 'over'],
    ["it's over, don't ask", "it's over, don't ask"],
    ['they used --force  twice', 'they used --force  twice'],
    ['"a" and "b"', '"a" and "b"'],
    ['a &lt;b&gt; &amp; c', 'a <b> & c'],
    ['', ''],
  ])('%s', (typed, expected) => {
    expect(reason(typed)).toBe(expected);
  });
});

describe('values', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  const moment = (text: string) => readMoment('since', now)(text);

  test.each([
    ['24h', '2026-11-21T12:00:00.000Z'],
    ['7d', '2026-11-15T12:00:00.000Z'],
    ['1h30m', '2026-11-22T10:30:00.000Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-11-01T09:00:00Z', '2026-11-01T09:00:00.000Z'],
    ['2026-11-01T09:00:00+02:00', '2026-11-01T07:00:00.000Z'],
  ])('the time %s', (text, expected) => {
    expect(unwrap(moment(text)).toISOString()).toBe(expected);
  });

  test.each(['yesterday', '24', '2026-13-01', '2026-02-30', '01.11.2026', '', "1' or '1'='1"])(
    'the time "%s" is refused with examples',
    (text) => {
      expect(why(moment(text))).toContain('Examples: 24h (ago), 7d, 2026-11-01');
    },
  );

  test('a pattern may be short or a full URI', () => {
    expect(unwrap(readPattern('production/*'))).toBe('vsecure://secrets/production/*');
    expect(unwrap(readPattern('vsecure://audit'))).toBe('vsecure://audit');
    expect(why(readPattern('../etc'))).toContain('Examples: production/*');
  });

  test('only a mention names an account', () => {
    expect(mentioned('<@U0123ABC|ana>')).toBe('U0123ABC');
    expect(mentioned('<@W0123ABC>')).toBe('W0123ABC');
    for (const other of ['@ana', 'U0123ABC', '<#C01|x>', '<@u01>', '<@U01|a><@U02|b>'])
      expect(mentioned(other)).toBeUndefined();
  });

  test('a mistyped value gets the nearest valid one as a suggestion', () => {
    const status = readWord('status', ['pending', 'approved']);
    expect(unwrap(status('PENDING'))).toBe('pending');
    expect(why(status('pendign'))).toContain('Did you mean pending?');
    expect(why(status('xyz'))).toContain('Use one of: pending, approved');
  });
});
