/** Leaves a destination alone that does not answer, and lets one delivery at a time find out whether it does again. */

export interface Circuit {
  /** How many deliveries may be begun beside those that run. */
  room(running: number): number;
  answered(): void;
  silent(): void;
  stop(): void;
}

export interface CircuitParts {
  /** How many deliveries may run at once. */
  readonly limit: number;
  /** Milliseconds to wait after so many earlier silences. */
  readonly rest: (earlier: number) => number;
  /** Called when the rest is over. */
  readonly onRested: () => void;
}

export function createCircuit({ limit, rest, onRested }: CircuitParts): Circuit {
  let silences = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    room(running) {
      if (timer) return 0;
      return Math.max(0, (silences > 0 ? 1 : limit) - running);
    },
    answered() {
      silences = 0;
      clearTimeout(timer);
      timer = undefined;
    },
    silent() {
      // Those that were under way together fail together: one silence.
      if (timer) return;
      timer = setTimeout(() => {
        timer = undefined;
        onRested();
      }, rest(silences));
      silences += 1;
    },
    stop: () => clearTimeout(timer),
  };
}
