import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPolicyIndex } from '../../../src/domain/policy/policy-index.js';
import { shadowedBy } from '../../../src/domain/policy/shadowed.js';

const uri = (path: string) => `vsecure://secrets/${path}`;
const indexOf = (uris: readonly string[]) => createPolicyIndex(uris.map((one) => ({ uri: one })));
const shadows = (pattern: string, ...known: readonly string[]) =>
  shadowedBy(indexOf([pattern, ...known].map(uri)), uri(pattern)).map((text) =>
    text.slice(uri('').length),
  );

test.each<[string, readonly string[], readonly string[]]>([
  ['a/**', ['a/*', 'a/*/**'], ['a/*', 'a/*/**']],
  ['a/**', ['a/*', 'a/*/*', 'a/*/*/**'], ['a/*', 'a/*/*', 'a/*/*/**']],
  ['**', ['*', '*/**', 'a/**'], ['*', '*/**']],
  ['*/b/**', ['*/b/*', '*/b/*/**'], ['*/b/*', '*/b/*/**']],
  // No resource is deeper than 8 segments.
  ['a/b/c/d/e/f/g/**', ['a/b/c/d/e/f/g/*'], ['a/b/c/d/e/f/g/*']],
  ['a/b/c/d/e/f/**', ['a/b/c/d/e/f/*', 'a/b/c/d/e/f/*/*'], ['a/b/c/d/e/f/*', 'a/b/c/d/e/f/*/*']],
])('a policy for %s never decides beside policies for %j', (pattern, known, by) => {
  expect(shadows(pattern, ...known)).toEqual(by);
});

test.each<[string, readonly string[]]>([
  ['a', []],
  ['a/*', ['a/b', 'a/c']],
  ['*/b', ['a/b', 'a/*', 'a/**', '*/*', '**']],
  ['a/**', ['a/*']],
  ['a/**', ['a/*/**']],
  ['a/**', ['a/*', 'a/*/*/**']],
  ['a/**', ['a/*', 'a/b/**', 'a/*/c']],
  ['a/**', ['*', '*/**', '**']],
  ['*/b/**', ['a/b/*', 'a/b/*/**', '*/*/**']],
])('a policy for %s still decides a request beside policies for %j', (pattern, known) => {
  expect(shadows(pattern, ...known)).toEqual([]);
});

test('a policy for a whole kind of resource is never shadowed', () => {
  expect(shadowedBy(indexOf(['vsecure://audit']), 'vsecure://audit')).toEqual([]);
});

/**
 * Every resource over two names, and a third that no pattern holds: there is always another name. The patterns below have up to three segments
 * before `**`, so that a deeper resource is decided as one of five segments is.
 */
const RESOURCES = Array.from({ length: 5 })
  .reduce<string[][][]>(
    (byDepth) => {
      const shorter = byDepth.at(-1) ?? [];
      return [
        ...byDepth,
        shorter.flatMap((path) => ['a', 'b', 'z'].map((name) => [...path, name])),
      ];
    },
    [[[]]],
  )
  .slice(1)
  .flat();

function matches(
  [head, ...pattern]: readonly string[],
  [name, ...path]: readonly string[],
): boolean {
  if (head === undefined) return name === undefined;
  if (name === undefined) return false;
  return head === '**' || ((head === '*' || head === name) && matches(pattern, path));
}

const rank = (segment: string) => (segment === '**' ? 2 : segment === '*' ? 1 : 0);

function isMoreSpecific(a: readonly string[], b: readonly string[]): boolean {
  const place = a.findIndex((segment, index) => rank(segment) !== rank(b[index] ?? '**'));
  return place !== -1 && rank(a[place] ?? '') < rank(b[place] ?? '');
}

/** By trying every resource, deepest last, against every policy. */
function decidesSomething(pattern: readonly string[], policies: readonly (readonly string[])[]) {
  const above = policies.filter((other) => isMoreSpecific(other, pattern));
  return RESOURCES.some(
    (path) => matches(pattern, path) && !above.some((other) => matches(other, path)),
  );
}

test('a policy is shadowed exactly when it decides no resource at all', () => {
  const star = { weight: 4, arbitrary: fc.constant('*') };
  const name = { weight: 1, arbitrary: fc.constantFrom('a', 'b') };
  const head = fc.array(fc.oneof(star, name), { maxLength: 3 });
  const pattern = fc
    .tuple(head, fc.boolean())
    .map(([segments, deep]) => (deep ? [...segments, '**'] : segments))
    .filter((segments) => segments.length > 0);
  const policies = fc.uniqueArray(pattern, { minLength: 2, maxLength: 8, selector: String });
  const seen = { shadowed: 0, deciding: 0 };
  fc.assert(
    fc.property(policies, (all) => {
      const known = indexOf(all.map((segments) => uri(segments.join('/'))));
      for (const segments of all) {
        const above = shadowedBy(known, uri(segments.join('/')));
        expect(above.length === 0).toBe(decidesSomething(segments, all));
        seen[above.length === 0 ? 'deciding' : 'shadowed'] += 1;
      }
    }),
    { numRuns: 1000 },
  );
  expect(seen.shadowed).toBeGreaterThan(20);
  expect(seen.deciding).toBeGreaterThan(20);
});
