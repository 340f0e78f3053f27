/** The matcher of patterns, against a definition of its own that knows nothing of how it works. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  coverage,
  coveringBeginnings,
  coveringPatterns,
  coveringRegex,
  covers,
  parsePattern,
} from '../../src/domain/pattern.js';

/** Resources, each against ten patterns. */
const RUNS = { numRuns: 100_000 };

/** Segment by segment: `**` is the last and takes one or more of anything, `*` takes one, a literal takes itself. */
function matches([p, ...pattern]: readonly string[], [r, ...rest]: readonly string[]): boolean {
  if (p === undefined || r === undefined) return p === r;
  if (p === '**') return true;
  const one = p === '*' ? r !== '**' : p === r;
  return one && matches(pattern, rest);
}

const split = (uri: string) => uri.split('/').slice(2);
const coversByTheBook = (pattern: string, resource: string) =>
  matches(split(pattern), split(resource));

const literal = fc.constantFrom('a', 'b', 'A', 'a.b', 'production', 'production2');
const kind = fc.constantFrom('secrets', 'templates');
const uri = (parts: fc.Arbitrary<string[]>) =>
  fc.tuple(kind, parts).map(([first, rest]) => `vsecure://${[first, ...rest].join('/')}`);
const resource = uri(fc.array(literal, { minLength: 1, maxLength: 8 }));
const pattern = uri(
  fc
    .tuple(
      fc.array(fc.oneof(literal, fc.constant('*')), { minLength: 1, maxLength: 7 }),
      fc.constantFrom([], ['**']),
    )
    .map(([head, tail]) => [...head, ...tail]),
);

/** A number says what becomes of each segment, two bits at a time, and the last digits where `**` ends it all. */
const bend = fc.nat({ max: 4 ** 8 * 10 - 1 });

/** A pattern that is at most a few changes away from the resource, so that most of them nearly match. */
function bent(one: string, how: number): string {
  const [first = '', ...rest] = split(one);
  const changed = rest.map((part, place) => {
    const change = Math.floor(how / 4 ** place) % 4;
    return change === 2 ? '*' : change === 3 ? 'b' : part;
  });
  const cut = Math.floor(how / 4 ** 8);
  const tail = cut < changed.length ? [...changed.slice(0, cut), '**'] : changed;
  return `vsecure://${[first, ...tail].join('/')}`;
}

const near = fc
  .tuple(resource, bend)
  .map(([one, how]) => ({ resource: one, pattern: bent(one, how) }));

describe('covers', () => {
  test('a million patterns similar to a resource cover it exactly if the definition says so', () => {
    const tens = fc.array(bend, { minLength: 10, maxLength: 10 });
    let [compared, covered] = [0, 0];
    fc.assert(
      fc.property(resource, tens, (one, bends) => {
        const covering = new Set(coveringPatterns(one));
        for (const how of bends) {
          const other = bent(one, how);
          const expected = coversByTheBook(other, one);
          if (covering.has(other) !== expected)
            throw new Error(`${other} covers ${one}: expected ${expected}`);
          compared += 1;
          if (expected) covered += 1;
        }
      }),
      RUNS,
    );
    expect(compared).toBe(1_000_000);
    expect(covered).toBeGreaterThan(100_000);
  });

  test('covers() agrees with coveringPatterns()', () => {
    fc.assert(
      fc.property(near, ({ pattern: one, resource: other }) => {
        expect(covers(one, other)).toBe(coveringPatterns(other).includes(one));
      }),
      { numRuns: 5_000 },
    );
  });

  test('covers() agrees with the definition for any two patterns', () => {
    fc.assert(
      fc.property(pattern, fc.oneof(pattern, resource), (one, other) => {
        expect(covers(one, other)).toBe(coversByTheBook(one, other));
      }),
      { numRuns: 50_000 },
    );
  });

  test('several patterns cover together what each covers alone', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(pattern, resource), { maxLength: 5 }),
        fc.array(fc.oneof(pattern, resource), { maxLength: 5 }),
        near,
        (patterns, resources, close) => {
          const all = [...patterns, close.pattern];
          const wanted = [...resources, close.resource];
          const each = wanted.every((one) => all.some((other) => coversByTheBook(other, one)));
          expect(coverage(all).coversAll(wanted)).toBe(each);
          const some = all.some((other) => coversByTheBook(other, close.resource));
          expect(coverage(all).coversAll([close.resource])).toBe(some);
        },
      ),
      { numRuns: 20_000 },
    );
  });

  test('the regular expression of the patterns that cover a name matches exactly those', () => {
    fc.assert(
      fc.property(near, fc.oneof(pattern, resource), ({ pattern: one, resource: other }, wide) => {
        for (const name of [other, wide])
          expect(new RegExp(coveringRegex(name)).test(one)).toBe(coversByTheBook(one, name));
      }),
      { numRuns: 20_000 },
    );
  });

  test('the literal beginning of each pattern that covers a name is among at most nine of that name', () => {
    fc.assert(
      fc.property(near, fc.oneof(pattern, resource), ({ pattern: one, resource: other }, wide) => {
        for (const name of [other, wide]) {
          const beginnings = coveringBeginnings(name);
          expect(beginnings.length).toBeLessThanOrEqual(9);
          if (coversByTheBook(one, name)) expect(beginnings).toContain(one.split('/*')[0]);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  test('a pattern that covers another covers all that the other covers', () => {
    fc.assert(
      fc.property(near, pattern, ({ pattern: narrow, resource: one }, broad) => {
        if (covers(broad, narrow) && covers(narrow, one)) expect(covers(broad, one)).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });

  test.each([
    ['production/*', 'production/X', true],
    ['production/*', 'production/db/X', false],
    ['production/*', 'production', false],
    ['production/*', 'production2/X', false],
    ['production/*', 'PRODUCTION/X', false],
    ['production/**', 'production/X', true],
    ['production/**', 'production/db/X', true],
    ['production/**', 'production', false],
    ['production/**', 'production2/X', false],
    ['**', 'X', true],
    ['*', '**', false],
    ['**', '*', true],
    ['production/*', 'production/**', false],
    ['*/X', 'production/X', true],
    ['production/X', 'production/*', false],
  ])('secrets/%s covers secrets/%s: %s', (one, other, expected) => {
    expect(covers(`vsecure://secrets/${one}`, `vsecure://secrets/${other}`)).toBe(expected);
  });

  test('patterns of secrets cover only secrets', () => {
    for (const other of ['vsecure://audit', 'vsecure://api-keys', 'vsecure://templates/x'])
      expect(covers('vsecure://secrets/**', other)).toBe(false);
  });

  test('only their own names cover the audit trail and the API keys', () => {
    for (const one of ['vsecure://audit', 'vsecure://api-keys'])
      expect(coveringPatterns(one)).toEqual([one]);
  });
});

describe('the patterns that cover a resource', () => {
  const RANK = (part: string) => (part === '**' ? 2 : part === '*' ? 1 : 0);
  const moreSpecific = (a: string, b: string) => {
    const [left, right] = [split(a), split(b)];
    const place = left.findIndex((part, index) => part !== right[index]);
    return RANK(left[place] ?? '') - RANK(right[place] ?? '');
  };

  test('covering patterns come most specific first: a literal before *, and * before **', () => {
    fc.assert(
      fc.property(fc.oneof(resource, pattern), (one) => {
        const all = coveringPatterns(one);
        expect(all[0]).toBe(one);
        for (const [index, next] of all.slice(1).entries())
          expect(moreSpecific(all[index] ?? '', next)).toBeLessThan(0);
      }),
    );
  });

  test('all covering patterns are valid and distinct, and cover the resource', () => {
    fc.assert(
      fc.property(fc.oneof(resource, pattern), (one) => {
        const all = coveringPatterns(one);
        expect(new Set(all).size).toBe(all.length);
        expect(all.filter((each) => !parsePattern(each).ok)).toEqual([]);
        expect(all.filter((each) => !coversByTheBook(each, one))).toEqual([]);
      }),
    );
  });

  test('the deepest and longest resource has at most 511 covering patterns', () => {
    const longest = `vsecure://secrets/${Array(8).fill('x'.repeat(60)).join('/')}`;
    expect(coveringPatterns(longest)).toHaveLength(511);
    expect(coveringPatterns('vsecure://secrets/production/X')).toHaveLength(7);
  });

  test('an invalid resource has no covering patterns', () => {
    for (const junk of ['', 'production/X', 'vsecure://secrets', 'vsecure://other/x', 'a\0'])
      expect(coveringPatterns(junk)).toEqual([]);
  });
});

describe('parsePattern', () => {
  test('parsePattern returns an accepted pattern byte for byte', () => {
    fc.assert(
      fc.property(pattern, (one) => {
        expect(parsePattern(one)).toEqual({ ok: true, value: one });
      }),
    );
  });

  test.each([
    'vsecure://secrets/**/X',
    'vsecure://secrets/**/**',
    'vsecure://secrets/prod*',
    'vsecure://secrets/*prod',
    'vsecure://secrets/***',
    'vsecure://secrets/{a,b}',
    'vsecure://secrets/[[:alpha:]]',
    'vsecure://secrets/!a',
    'vsecure://secrets/?',
    'vsecure://secrets/../*',
    'vsecure://secrets/a//*',
    'vsecure://secrets/*/',
    'vsecure://*/a',
    'vsecure://**',
    'vsecure://audit/*',
    'vsecure://api-keys/**',
    '*',
    `vsecure://secrets/${Array(9).fill('*').join('/')}`,
  ])('parsePattern refuses %s', (text) => {
    const refusal = { code: 'invalid_resource' };
    expect(parsePattern(text)).toMatchObject({ ok: false, refusal });
  });

  test('a "*" that stands for a part of a segment is refused with its own sentence', () => {
    const problem = 'in a pattern, "*" stands for a whole segment, not for a part of one';
    for (const part of ['DATA*', '*_URL', '***'])
      expect(parsePattern(`vsecure://secrets/production/${part}`)).toEqual({
        ok: false,
        refusal: { code: 'invalid_resource', problem },
      });
  });
});
