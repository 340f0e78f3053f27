/** Messages come out of the stream as they were put in, however it is cut, and never without bound. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLineCutter, type Line } from '../src/lines.js';

function cutAll(chunks: readonly (Uint8Array | string)[], maxBytes = 1024): Line[] {
  const lines: Line[] = [];
  const cut = createLineCutter(maxBytes, (line) => lines.push(line));
  for (const chunk of chunks) cut(chunk);
  return lines;
}

it('gives every line whole, wherever the chunks end', () => {
  const line = fc
    .string({ unit: 'binary', maxLength: 40 })
    .map((text) => text.replaceAll('\n', ''));
  fc.assert(
    fc.property(fc.array(line), fc.integer({ min: 1, max: 7 }), (texts, size) => {
      const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
        bytes.subarray(at * size, (at + 1) * size),
      );
      const whole = texts.map((text) => ({ kind: 'text', text: Buffer.from(text).toString() }));
      expect(cutAll(chunks)).toEqual(whole);
    }),
  );
});

it('drops a line that is too long, says so, and reads the next one', () => {
  const chunks = ['x'.repeat(6), 'x'.repeat(5), '\nshort\n', `${'y'.repeat(10)}\n`];
  expect(cutAll(chunks, 10)).toEqual([
    { kind: 'too-long' },
    { kind: 'text', text: 'short' },
    { kind: 'text', text: 'y'.repeat(10) },
  ]);
});

it('tells bytes that are no text from text', () => {
  expect(cutAll([Uint8Array.of(0xc3, 0x28, 0x0a), 'ok\n'])).toEqual([
    { kind: 'not-utf8' },
    { kind: 'text', text: 'ok' },
  ]);
});

it('waits for the end of a line', () => {
  expect(cutAll(['{"jsonrpc"'])).toEqual([]);
});
