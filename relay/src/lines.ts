/** Splits a byte stream into lines, the message framing of MCP's stdio transport, with bounded memory. */

/** One line without its line break, or why it cannot be read. */
export type Line =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'not-utf8' };

/** Bytes in one line. The largest real message carries one secret of 64 KiB, escaped. */
export const LINE_MAX_BYTES = 1024 * 1024;

const LINE_FEED = 0x0a;

/**
 * Returns a function that takes chunks as they arrive and calls `onLine` for each complete line. A line over `maxBytes` is dropped
 * as it arrives and reported as `too-long` when it ends. A last line without a line break is not reported.
 */
export function createLineSplitter(maxBytes: number, onLine: (line: Line) => void) {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let parts: Uint8Array[] = [];
  let size = 0;

  return function split(chunk: Uint8Array | string): void {
    let rest: Uint8Array = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    for (let end = rest.indexOf(LINE_FEED); end !== -1; end = rest.indexOf(LINE_FEED)) {
      keep(rest.subarray(0, end));
      finish();
      rest = rest.subarray(end + 1);
    }
    keep(rest);
  };

  function keep(part: Uint8Array): void {
    size += part.length;
    if (size > maxBytes) parts = [];
    else parts.push(part);
  }

  function finish(): void {
    const line = size > maxBytes ? ({ kind: 'too-long' } as const) : decode(Buffer.concat(parts));
    parts = [];
    size = 0;
    onLine(line);
  }

  function decode(bytes: Uint8Array): Line {
    try {
      return { kind: 'text', text: decoder.decode(bytes) };
    } catch {
      return { kind: 'not-utf8' };
    }
  }
}
