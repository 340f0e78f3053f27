/** Cuts a byte stream into lines, as MCP's stdio transport frames messages, within a bound on memory. */

/** One line without its end, or why it cannot be read. */
export type Line =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'too-long' }
  | { readonly kind: 'not-utf8' };

/** Bytes in one line. The largest real message carries one secret of 64 KiB, escaped. */
export const LINE_MAX_BYTES = 1024 * 1024;

const LINE_FEED = 0x0a;

/**
 * Makes a function that takes chunks as they come and gives `take` each line that has ended. A line over
 * `maxBytes` is dropped as it arrives and given as `too-long` when it ends; a last line without an end is not given.
 */
export function createLineCutter(maxBytes: number, take: (line: Line) => void) {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let parts: Uint8Array[] = [];
  let size = 0;

  return function cut(chunk: Uint8Array | string): void {
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
    take(line);
  }

  function decode(bytes: Uint8Array): Line {
    try {
      return { kind: 'text', text: decoder.decode(bytes) };
    } catch {
      return { kind: 'not-utf8' };
    }
  }
}
