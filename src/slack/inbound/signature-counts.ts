/** Counts requests by whether Slack's signature was valid, because a wrong signing secret otherwise looks like a Slack that is silent. */

import { MINUTE } from '../../domain/limits.js';
import type { Log } from '../../ports/index.js';

/** Since this process started. */
export interface SignatureReport {
  /** Requests with a valid signature, without those that only check the address. */
  readonly accepted: number;
  readonly refused: number;
  readonly lastRefused: Date;
  /** What an operator can do. */
  readonly todo: string;
}

export interface SignatureCounts {
  accept(): void;
  refuse(): void;
  /** Undefined while none was refused. */
  report(): SignatureReport | undefined;
}

/** How often refused requests are logged at most (ms): anyone who knows the address can send some. */
const LOGGED_EVERY = MINUTE;

const ONLY_REFUSED =
  'set SLACK_SIGNING_SECRET to the signing secret from Basic Information, check the clock of this machine, and restart';
const BOTH =
  'nothing, if buttons in Slack work: programs other than Slack send requests to this address';

/** `now`: epoch milliseconds. */
export function createSignatureCounts(log: Log, now: () => number = Date.now): SignatureCounts {
  let accepted = 0;
  let refused = 0;
  let lastRefused = 0;
  let loggedAt = Number.NEGATIVE_INFINITY;
  const todo = () => (accepted === 0 ? ONLY_REFUSED : BOTH);
  return {
    accept() {
      accepted += 1;
    },
    refuse() {
      refused += 1;
      lastRefused = now();
      if (lastRefused - loggedAt < LOGGED_EVERY) return;
      loggedAt = lastRefused;
      log.warn(
        { accepted, refused, todo: todo() },
        'a request to /slack/events was refused: it has no valid signature of Slack',
      );
    },
    report: () =>
      refused === 0
        ? undefined
        : { accepted, refused, lastRefused: new Date(lastRefused), todo: todo() },
  };
}
