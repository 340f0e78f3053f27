/** Slack errors that a person must fix: each is logged once, until a delivery succeeds again. */

import type { DeliveryResult, Log } from '../../ports/index.js';
import { isChannelTrouble, remedy, webFailure } from '../client/web-failure.js';

export interface DeliveryErrors {
  /** Runs `work` and turns what Slack answers into a result. Throws errors that do not come from Slack. */
  attempt(about: About, work: () => Promise<DeliveryResult>): Promise<DeliveryResult>;
  none(): boolean;
}

export interface About {
  readonly subject: string;
  /** Undefined when it is about no single channel. */
  readonly channel?: string | undefined;
}

/** `fixRetryMs`: milliseconds until a delivery that needs a fix is tried again. */
export function createDeliveryErrors(log: Log, fixRetryMs: number): DeliveryErrors {
  const logged = new Set<string>();

  function needsFix({ subject, channel: where }: About, code: string): DeliveryResult {
    const channel = isChannelTrouble(code) ? where : undefined;
    const error = withChannel(code, channel);
    if (!logged.has(error))
      log.error(
        { subject, code, channel, todo: remedy(code) },
        'a message cannot be shown in Slack',
      );
    logged.add(error);
    return { outcome: 'retry', error, retryAfterMs: fixRetryMs };
  }

  function clear(channel: string | undefined): void {
    for (const error of logged) {
      const about = readError(error).channel;
      if (about === undefined || about === channel) logged.delete(error);
    }
  }

  return {
    none: () => logged.size === 0,
    async attempt(about, work) {
      try {
        const result = await work();
        if (result.outcome === 'sent') clear(about.channel);
        return result;
      } catch (error) {
        const failure = webFailure(error);
        if (!failure) throw error;
        const { code, permanent, retryAfterMs } = failure;
        if (permanent) return needsFix(about, code);
        const transient = withChannel(code, about.channel);
        if (retryAfterMs === undefined) return { outcome: 'unavailable', error: transient };
        return { outcome: 'retry', error: transient, retryAfterMs };
      }
    },
  };
}

const withChannel = (code: string, channel: string | undefined): string =>
  channel === undefined ? code : `${code} ${channel}`;

/** Splits the error of a result that `attempt` returned. */
export function readError(error: string): { readonly code: string; readonly channel?: string } {
  const [code = '', channel] = error.split(' ');
  return channel === undefined ? { code } : { code, channel };
}
