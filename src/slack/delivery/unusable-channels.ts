/** Remembers for a while which channels cannot be used, so that a thousand messages ask Slack once. */

import { isChannelTrouble, UnusableChannelError, webFailure } from '../client/web-failure.js';

export interface UnusableChannels {
  /** Throws `UnusableChannelError` when the channel is remembered as unusable. */
  check(channel: string): void;
  /** Runs `work`, and remembers the channel when Slack answers that it cannot be used. */
  watch<T>(channel: string, work: () => Promise<T>): Promise<T>;
}

/** `ms`: how long a channel is remembered. */
export function createUnusableChannels(ms: number): UnusableChannels {
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
