/** The resource grammar: a name is in its one form, or it is refused. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseResource } from '../../src/domain/uri.js';

const segments = (count: number, segment = 's') => Array(count).fill(segment).join('/');

describe('a valid resource is accepted unchanged', () => {
  test.each([
    'vsecure://secrets/production/DATABASE_URL',
    'vsecure://secrets/a',
    'vsecure://secrets/0',
    'vsecure://secrets/A.b_c-d',
    'vsecure://secrets/a..b',
    'vsecure://secrets/a.',
    'vsecure://secrets/secrets',
    'vsecure://templates/web/nginx.conf',
    'vsecure://audit',
    'vsecure://api-keys',
    `vsecure://secrets/${segments(8)}`,
    `vsecure://secrets/${'x'.repeat(128)}`,
    `vsecure://secrets/${segments(3, 'x'.repeat(128))}/${'x'.repeat(107)}`,
  ])('%s', (uri) => {
    const parsed = parseResource(uri);
    expect(parsed.ok && parsed.value.uri).toBe(uri);
    expect(parsed.ok && parsed.value.kind).toBe(uri.split('/')[2]);
  });
});

const REFUSED: Record<string, readonly string[]> = {
  'dot segments': [
    'vsecure://secrets/.',
    'vsecure://secrets/..',
    'vsecure://secrets/production/../development/X',
    'vsecure://secrets/production/./X',
    'vsecure://secrets/production/..',
    'vsecure://secrets/../audit',
    'vsecure://secrets/.hidden',
    'vsecure://secrets/...',
  ],
  'escapes and backslashes': [
    'vsecure://secrets/production/%2e%2e/development/X',
    'vsecure://secrets/production/%2E/X',
    'vsecure://secrets/production%2FX',
    'vsecure://secrets/%41',
    'vsecure://secrets/X%00',
    'vsecure://secrets/a\\b',
    'vsecure://secrets/..\\X',
    'vsecure:\\\\secrets\\X',
  ],
  'empty segments': [
    'vsecure://secrets',
    'vsecure://secrets/',
    'vsecure://secrets//X',
    'vsecure://secrets/production//X',
    'vsecure://secrets/production/X/',
    'vsecure://secrets/production/X//',
    'vsecure:///secrets/X',
    'vsecure:////X',
    'vsecure://templates',
    'vsecure://audit/',
    'vsecure://api-keys/',
  ],
  'another scheme, host or spelling of them': [
    '',
    'X',
    'production/DATABASE_URL',
    'VSECURE://secrets/X',
    'Vsecure://secrets/X',
    'vsecure://Secrets/X',
    'vsecure://SECRETS/X',
    'vsecure:secrets/X',
    'vsecure:/secrets/X',
    'https://secrets/X',
    'vsecure2://secrets/X',
    ' vsecure://secrets/X',
    'vsecure://secrets2/X',
    'vsecure://secret/X',
    'vsecure://audit/X',
    'vsecure://api-keys/X',
    'vsecure://api_keys',
    'vsecure://',
  ],
  'query, fragment, user and port': [
    'vsecure://secrets/X?version=1',
    'vsecure://secrets/X?',
    'vsecure://secrets/X#top',
    'vsecure://secrets/X;v=1',
    'vsecure://user@secrets/X',
    'vsecure://user:password@secrets/X',
    'vsecure://secrets:443/X',
    'vsecure://secrets/a@b',
    'vsecure://secrets/a:b',
    'vsecure://secrets/a+b',
    'vsecure://secrets/a,b',
    'vsecure://secrets/~a',
  ],
  'patterns, which are not resources': [
    'vsecure://secrets/*',
    'vsecure://secrets/**',
    'vsecure://secrets/production/*',
    'vsecure://secrets/prod*',
    'vsecure://secrets/{a,b}',
    'vsecure://secrets/[ab]',
    'vsecure://secrets/!a',
  ],
  'white space, control characters and NUL': [
    'vsecure://secrets/a b',
    'vsecure://secrets/a\tb',
    'vsecure://secrets/a\n',
    'vsecure://secrets/a\r\nb',
    'vsecure://secrets/a\0',
    'vsecure://secrets/a\0/b',
    'vsecure://secrets/a\u007f',
    'vsecure://secrets/X ',
  ],
  'non-ASCII twins': [
    'vsecure://secrets/D\u0410TABASE_URL',
    'vsecure://secrets/\uFF21',
    'vsecure://secrets/a\u200B',
    'vsecure://secrets/a\u202Eb',
    'vsecure://secrets/a\u2215b',
    'vsecure://secrets/\uFF0E\uFF0E',
    'vsecure://secrets/K\u00FCche',
    'vsecure://secrets/\u212A',
    'vsecure://secrets/\u{1F511}',
    'vsecure://secrets/\uD800',
    'v\u017Fecure://secrets/X',
  ],
  'segments that do not begin with a letter or digit': [
    'vsecure://secrets/_a',
    'vsecure://secrets/-a',
    'vsecure://secrets/--help',
    'vsecure://secrets/a/_b',
  ],
  'more than the limits': [
    `vsecure://secrets/${segments(9)}`,
    `vsecure://secrets/${'x'.repeat(129)}`,
    `vsecure://secrets/${segments(3, 'x'.repeat(128))}/${'x'.repeat(108)}`,
    `vsecure://secrets/${'x'.repeat(100_000)}`,
  ],
};

describe.each(Object.entries(REFUSED))('%s are refused, never normalised', (_, uris) => {
  test.each(uris)('%j', (uri) => {
    const parsed = parseResource(uri);
    expect(parsed).toMatchObject({ ok: false, refusal: { code: 'invalid_resource' } });
  });
});

const segment = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,9}$/);
const valid = fc.oneof(
  { arbitrary: fc.constantFrom('vsecure://audit', 'vsecure://api-keys'), weight: 1 },
  {
    arbitrary: fc
      .tuple(
        fc.constantFrom('secrets', 'templates'),
        fc.array(segment, { minLength: 1, maxLength: 8 }),
      )
      .map(([kind, parts]) => `vsecure://${kind}/${parts.join('/')}`),
    weight: 9,
  },
);
const hostile = fc.oneof(
  fc.constantFrom(
    '/',
    '//',
    '.',
    '..',
    '/../',
    '/./',
    '%2e',
    '%2F',
    '\\',
    '\0',
    '*',
    '**',
    '?',
    '#',
  ),
  fc.constantFrom('a', 'Z', '9', '_', '-', '\u0410', '\u200B', ' ', '\n', ':', '@', 'S', 'V'),
  fc.string({ unit: 'binary', maxLength: 2 }),
);
const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  cut: fc.nat({ max: 2 }),
  put: hostile,
});

/** The grammar of the product, written down a second time. */
const BY_THE_BOOK =
  /^vsecure:\/\/(?:audit|api-keys|(?:secrets|templates)(?:\/[A-Za-z0-9][A-Za-z0-9._-]{0,127}){1,8})(?![\s\S])/;

test('every accepted mutation of a valid resource is accepted byte for byte', () => {
  let accepted = 0;
  fc.assert(
    fc.property(valid, fc.array(mutation, { minLength: 1, maxLength: 3 }), (uri, mutations) => {
      const text = mutations.reduce((one, { at, cut, put }) => {
        const place = Math.floor(at * one.length);
        return one.slice(0, place) + put + one.slice(place + cut);
      }, uri);
      const parsed = parseResource(text);
      expect(parsed.ok).toBe(text.length <= 512 && BY_THE_BOOK.test(text));
      if (!parsed.ok) return;
      accepted += 1;
      expect(parsed.value.uri).toBe(text);
      expect(parseResource(parsed.value.uri)).toEqual(parsed);
    }),
    { numRuns: 100_000 },
  );
  expect(accepted).toBeGreaterThan(1000);
});
