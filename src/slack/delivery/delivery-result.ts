/** What became of telling Slack one thing, or one thing in several places. */

export type Delivered =
  | { readonly outcome: 'sent' }
  /** Without `retryAfterMs` the caller chooses when. */
  | { readonly outcome: 'retry'; readonly error: string; readonly retryAfterMs?: number }
  /** Slack does not answer. */
  | { readonly outcome: 'unavailable'; readonly error: string };

export const SENT: Delivered = { outcome: 'sent' };

/** Done when all of it is. What waits longest gives the reason, and is tried again together with what waits least. */
export function together(outcomes: readonly Delivered[]): Delivered {
  const away = outcomes.find(({ outcome }) => outcome === 'unavailable');
  if (away) return away;
  const retries = outcomes.filter((one) => one.outcome === 'retry');
  const [first, ...more] = [...retries].sort((a, b) => waitOf(a) - waitOf(b));
  if (!first) return SENT;
  return { ...first, error: more.at(-1)?.error ?? first.error };
}

const waitOf = ({ retryAfterMs = 0 }: { readonly retryAfterMs?: number }) => retryAfterMs;
