/** The way out: one JSON-RPC message a line on stdout, sentences on stderr, and the API key on neither. */
import type { Writable } from 'node:stream';

export interface Outlet {
  /** Writes one message as one line. */
  send(message: object): void;
  /** Resolves when all that was sent has left, the reader is gone, or it has not read for `FLUSH_MS`. */
  flush(): Promise<void>;
}

/** Milliseconds. A reader that has stopped reading must not keep a stopped relay alive. */
const FLUSH_MS = 2000;

/** `onGone` is called when the reader has closed its end. */
export function createOutlet(stdout: Writable, redact: Redact, onGone: () => void): Outlet {
  stdout.on('error', onGone);
  stdout.on('close', onGone);
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

/** Blots out the key wherever it stands, should a server or a client ever repeat it. */
export function createRedact(apiKey: string): Redact {
  return (text) => text.replaceAll(apiKey, 'vsk_[redacted]');
}
