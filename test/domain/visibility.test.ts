/** What is looked for by prefixes is never less than what the patterns cover. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { covers } from '../../src/domain/pattern.js';
import { prefixesOf } from '../../src/domain/visibility.js';

const segment = fc.constantFrom('a', 'ab', 'b', 'production', '*');
const pattern = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 3 }), fc.boolean())
  .map(
    ([segments, deep]) => `vsecure://secrets/${[...segments, ...(deep ? ['**'] : [])].join('/')}`,
  );

test('every resource that a pattern covers begins with one of its prefixes', () => {
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 6 }), pattern, (patterns, resource) => {
      const covered = patterns.some((one) => covers(one, resource));
      const prefixed = prefixesOf(patterns).some((prefix) => resource.startsWith(prefix));
      expect(prefixed || !covered).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('a prefix within a wider one is left out', () => {
  expect(
    prefixesOf(['vsecure://secrets/a/*', 'vsecure://secrets/a/b/C', 'vsecure://secrets/b/**']),
  ).toEqual(['vsecure://secrets/a/', 'vsecure://secrets/b/']);
});
