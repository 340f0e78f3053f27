import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chainHash } from '../../src/crypto/chain-hash.js';

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const sequence = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const event = fc.string({ unit: 'binary' });

test('three links of a chain match the values that were fixed with the format', () => {
  let link = chainHash.genesis('inst_0001');
  expect(hex(link)).toBe(GOLDEN[0]);
  for (const [index, canonical] of ['{"type":"a"}', '', '{"who":"Zoë"}'].entries()) {
    link = chainHash.next(link, index + 1, canonical);
    expect(hex(link)).toBe(GOLDEN[index + 1]);
  }
});

test('a link is what an independent reader of the format computes', async () => {
  await fc.assert(
    fc.asyncProperty(hash, sequence, event, async (previous, number, canonical) => {
      expect(hex(chainHash.next(previous, number, canonical))).toBe(
        hex(await linkByTheBook(previous, number, canonical)),
      );
    }),
  );
});

test('the genesis is SHA-256 of the installation', async () => {
  const oracle = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('inst_0001'));
  expect(hex(chainHash.genesis('inst_0001'))).toBe(hex(new Uint8Array(oracle)));
});

test('another sequence, predecessor or event makes another link', () => {
  const link = fc.record({ previous: hash, number: sequence, canonical: event });
  fc.assert(
    fc.property(link, link, (a, b) => {
      fc.pre(JSON.stringify(a) !== JSON.stringify(b));
      expect(hex(chainHash.next(a.previous, a.number, a.canonical))).not.toBe(
        hex(chainHash.next(b.previous, b.number, b.canonical)),
      );
    }),
  );
});

test.each([0, 31, 33, 64])('a previous hash of %d bytes is refused', (length) => {
  expect(() => chainHash.next(new Uint8Array(length), 1, '{}')).toThrow(RangeError);
});

test.each([-1, 0.5, 2 ** 53, Number.NaN])('the sequence %d is refused', (number) => {
  expect(() => chainHash.next(new Uint8Array(32), number, '{}')).toThrow(RangeError);
});

/** Computed once with Python's hashlib. */
const GOLDEN = [
  'adf5c1c15873e3796ec248f5bb1fcff0913eac4853b2991ad20a86f7252774a1',
  '27e686ad3d91d8bbc33d3aeb7b500a452767824e3eb520226412fe7d90c4fdd4',
  '30686416d8a4857ddceae77db8ed0ab04e8f29a5145e0f80b42de5de1f4e8cd9',
  'dd9ee2e1fbcdae6ffe192af362473945e1b609b5515c0a7d9a830393b3fb2384',
];

/** The format once more, from its description, with WebCrypto and a DataView. */
async function linkByTheBook(previous: Uint8Array, number: number, canonical: string) {
  const text = new TextEncoder();
  const name = text.encode('vsecure/audit/1');
  const bytes = text.encode(canonical);
  const numbers = new DataView(new ArrayBuffer(12));
  numbers.setUint32(0, Math.floor(number / 2 ** 32));
  numbers.setUint32(4, number % 2 ** 32);
  numbers.setUint32(8, bytes.length);
  const input = [
    0,
    ...name,
    ...octets(numbers, 0, 8),
    ...previous,
    ...octets(numbers, 8, 4),
    ...bytes,
  ];
  return new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(input)));
}

function octets(view: DataView, offset: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, offset, length);
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
