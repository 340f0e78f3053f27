/** The index finds what a scan of all policies would find, in the same order. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coveringPatterns, covers } from '../../../src/domain/pattern.js';
import { createPolicyIndex } from '../../../src/domain/policy/policy-index.js';
import { policy } from '../policy-fixture.js';

const part = fc.constantFrom('a', 'b', 'c');
const pattern = fc
  .tuple(
    fc.array(fc.oneof(part, fc.constant('*')), { maxLength: 4 }),
    fc.constantFrom('a', '*', '**'),
  )
  .map(([parts, last]) => `vsecure://secrets/${[...parts, last].join('/')}`);
const resource = fc
  .array(part, { minLength: 1, maxLength: 5 })
  .map((parts) => `vsecure://secrets/${parts.join('/')}`);

test('the index finds the policies that cover a resource, most specific first', () => {
  fc.assert(
    fc.property(fc.uniqueArray(pattern, { maxLength: 30 }), resource, (patterns, wanted) => {
      const index = createPolicyIndex(patterns.map((uri) => policy({ uri })));
      const order = coveringPatterns(wanted);
      const scanned = patterns
        .filter((uri) => covers(uri, wanted))
        .sort((one, other) => order.indexOf(one) - order.indexOf(other));
      expect(index.covering(wanted).map(({ uri }) => uri)).toEqual(scanned);
    }),
  );
});

test('the later of two policies for one pattern counts, and no policy covers an invalid resource', () => {
  const [old, recent] = [policy({ name: 'old' }), policy({ name: 'new' })];
  const index = createPolicyIndex([old, recent]);
  expect(index.covering('vsecure://secrets/production/KEY')).toEqual([recent]);
  for (const odd of ['', 'production/KEY', 'vsecure://secrets/production/a/b'])
    expect(index.covering(odd)).toEqual([]);
});
