/** Shows the progress of a slow operation: on stderr, and only when stderr is a terminal. */

import spinner from 'yocto-spinner';

export interface Progress {
  /** Reports that `done` of `of` steps are finished. */
  readonly at: (done: number, of: number) => void;
  readonly end: () => void;
}

const SILENT: Progress = { at: () => {}, end: () => {} };

export function createProgress(stderr: NodeJS.WriteStream, text: string): Progress {
  if (!stderr.isTTY) return SILENT;
  const shown = spinner({ text, stream: stderr, handleSignals: false }).start();
  return {
    at(done, of) {
      shown.text = `${text}: ${bar(done, of)} ${done} of ${of}`;
    },
    end: () => void shown.stop(),
  };
}

const WIDTH = 20;

function bar(done: number, of: number): string {
  const full = of > 0 ? Math.min(WIDTH, Math.floor((WIDTH * done) / of)) : 0;
  return `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}]`;
}
