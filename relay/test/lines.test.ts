/** Lines come out of the stream complete, wherever the chunks end, and with bounded memory. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLineSplitter, type Line } from '../src/lines.js';

function splitAll(chunks: readonly (Uint8Array | string)[], maxBytes = 1024): Line[] {
  const lines: Line[] = [];
  const split = createLineSplitter(maxBytes, (line) => lines.push(line));
  for (const chunk of chunks) split(chunk);
  return lines;
}

it('every line is reported complete, wherever the chunks end', () => {
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
      expect(splitAll(chunks)).toEqual(whole);
    }),
  );
});

it('a line that is too long is dropped and reported, and the next one is read', () => {
  const chunks = ['x'.repeat(6), 'x'.repeat(5), '\nshort\n', `${'y'.repeat(10)}\n`];
  expect(splitAll(chunks, 10)).toEqual([
    { kind: 'too-long' },
    { kind: 'text', text: 'short' },
    { kind: 'text', text: 'y'.repeat(10) },
  ]);
});

it('bytes that are not UTF-8 are reported as such', () => {
  expect(splitAll([Uint8Array.of(0xc3, 0x28, 0x0a), 'ok\n'])).toEqual([
    { kind: 'not-utf8' },
    { kind: 'text', text: 'ok' },
  ]);
});

it('a line without a line break is not reported yet', () => {
  expect(splitAll(['{"jsonrpc"'])).toEqual([]);
});
