/** The output of the relay: one JSON-RPC message per line on stdout, and never the API key. */
import type { Writable } from 'node:stream';

export interface Output {
  /** Writes one message as one line. */
  send(message: object): void;
  /** Resolves when stdout has taken everything, the reader has closed it, or the reader has not read for `FLUSH_MS`. */
  flush(): Promise<void>;
}

/** Milliseconds. A reader that has stopped reading must not keep the relay from ending. */
const FLUSH_MS = 2000;

/** `onClosed` is called when the reader has closed its end. */
export function createOutput(stdout: Writable, redact: Redact, onClosed: () => void): Output {
  stdout.on('error', onClosed);
  stdout.on('close', onClosed);
  return {
    send(message) {
      if (stdout.writable) stdout.write(`${redact(JSON.stringify(message))}\n`);
    },
    flush: () =>
      new Promise((resolve) => {
        if (!stdout.writable) return resolve();
        setTimeout(resolve, FLUSH_MS).unref();
        stdout.write('', () => resolve());
      }),
  };
}

export type Redact = (text: string) => string;

/** Replaces the key wherever it occurs, in case a server or a client ever repeats it. */
export function createRedact(apiKey: string): Redact {
  return (text) => text.replaceAll(apiKey, 'vsk_[redacted]');
}
