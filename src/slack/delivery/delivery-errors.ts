/** What only a person can mend is said once in the log, until something gets through again. */

import type { Log } from '../../ports/index.js';
import { isChannelTrouble, remedy, webFailure } from '../client/web-failure.js';
import type { Delivered } from './delivery-result.js';

export interface DeliveryErrors {
  /** Runs `work` and makes an outcome of what Slack says to it. Throws what is not Slack's. */
  attempt(about: About, work: () => Promise<Delivered>): Promise<Delivered>;
  /** The outcome of something that failed without a call to Slack. */
  raise(about: About, code: string): Delivered;
  none(): boolean;
}

export interface About {
  readonly subject: string;
  /** Undefined when it is about no single channel. */
  readonly channel?: string | undefined;
}

/** `mendedAfter`: milliseconds until it is tried again. */
export function createDeliveryErrors(log: Log, mendedAfter: number): DeliveryErrors {
  const said = new Set<string>();

  function raise({ subject, channel: where }: About, code: string): Delivered {
    const channel = isChannelTrouble(code) ? where : undefined;
    const error = withChannel(code, channel);
    if (!said.has(error))
      log.error(
        { subject, code, channel, todo: remedy(code) },
        'a message cannot be shown in Slack',
      );
    said.add(error);
    return { outcome: 'retry', error, retryAfterMs: mendedAfter };
  }

  function settle(channel: string | undefined): void {
    for (const one of said) {
      const about = readError(one).channel;
      if (about === undefined || about === channel) said.delete(one);
    }
  }

  return {
    none: () => said.size === 0,
    raise,
    async attempt(about, work) {
      try {
        const told = await work();
        if (told.outcome === 'sent') settle(about.channel);
        return told;
      } catch (error) {
        const failure = webFailure(error);
        if (!failure) throw error;
        const { code, permanent, retryAfterMs } = failure;
        if (permanent) return raise(about, code);
        const passing = withChannel(code, about.channel);
        if (retryAfterMs === undefined) return { outcome: 'unavailable', error: passing };
        return { outcome: 'retry', error: passing, retryAfterMs };
      }
    },
  };
}

const withChannel = (code: string, channel: string | undefined): string =>
  channel === undefined ? code : `${code} ${channel}`;

/** What `attempt` wrote into an outcome's error. */
export function readError(error: string): { readonly code: string; readonly channel?: string } {
  const [code = '', channel] = error.split(' ');
  return channel === undefined ? { code } : { code, channel };
}
