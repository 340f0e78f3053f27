/** Pauses a destination that does not answer, then probes it with one delivery at a time until it answers again. */

export interface CircuitBreaker {
  /** How many more deliveries may start while `running` are running. */
  capacity(running: number): number;
  recordAnswer(): void;
  recordNoAnswer(): void;
  stop(): void;
}

export interface CircuitBreakerParts {
  /** How many deliveries may run at the same time. */
  readonly limit: number;
  /** Milliseconds to pause after `failures` (1 or more) probes in a row without an answer. */
  readonly pauseMs: (failures: number) => number;
  /** Called when a pause ends. */
  readonly onResume: () => void;
}

export function createCircuitBreaker({
  limit,
  pauseMs,
  onResume,
}: CircuitBreakerParts): CircuitBreaker {
  let failures = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    capacity(running) {
      if (timer) return 0;
      return Math.max(0, (failures > 0 ? 1 : limit) - running);
    },
    recordAnswer() {
      failures = 0;
      clearTimeout(timer);
      timer = undefined;
    },
    recordNoAnswer() {
      // Deliveries that ran together fail together: that is one failure.
      if (timer) return;
      failures += 1;
      timer = setTimeout(() => {
        timer = undefined;
        onResume();
      }, pauseMs(failures));
    },
    stop: () => clearTimeout(timer),
  };
}
