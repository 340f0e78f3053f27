/** Remembers for a while which channels cannot be used, so that a burst asks Slack once and not a thousand times. */

import { isChannelTrouble, UnusableChannelError, webFailure } from '../client/web-failure.js';

export interface Unusable {
  /** Throws `UnusableChannelError` when it was unusable a moment ago. */
  check(channel: string): void;
  /** Passes on what `work` does, and remembers when it says that the channel cannot be used. */
  watch<T>(channel: string, work: () => Promise<T>): Promise<T>;
}

/** `ms`: how long it is remembered. */
export function createUnusable(ms: number): Unusable {
  const known = new Map<string, { readonly code: string; readonly until: number }>();
  return {
    check(channel) {
      const found = known.get(channel);
      if (!found) return;
      if (performance.now() < found.until) throw new UnusableChannelError(found.code);
      known.delete(channel);
    },
    async watch(channel, work) {
      try {
        return await work();
      } catch (error) {
        const code = webFailure(error)?.code;
        if (code !== undefined && isChannelTrouble(code))
          known.set(channel, { code, until: performance.now() + ms });
        throw error;
      }
    },
  };
}
