/** Updates messages: within Slack's limit for the workspace, and one after another in each channel. */

import type { WebClient } from '@slack/web-api';
import type { DeliveryResult } from '../../ports/index.js';
import { webFailure } from '../client/web-failure.js';
import { LITERAL, type Message, type Place } from './channel-posting.js';
import { SENT, STOPPING } from './delivery-result.js';
import type { KeyedQueue } from './keyed-queue.js';
import type { RateBudget } from './rate-budget.js';

export interface UpdateParts {
  readonly client: WebClient;
  readonly updates: KeyedQueue;
  readonly budget: RateBudget;
}

export interface MessageUpdate {
  readonly place: Place;
  /** A person is looking at the message. */
  readonly urgent: boolean;
  readonly signal: AbortSignal;
  /** Called at the channel's turn, so that the message shows the latest state; undefined when there is nothing to update. */
  readonly compose: () => Promise<Message | undefined>;
}

/** `gone` when the message no longer exists. Throws what Slack's client throws. */
export async function updateMessage(
  { client, updates, budget }: UpdateParts,
  { place, urgent, signal, compose }: MessageUpdate,
): Promise<DeliveryResult | 'gone'> {
  if (!(await budget.take(urgent, signal))) return STOPPING;
  let gone = false;
  const result = await updates(place.channel, signal, async (spend) => {
    const message = await compose();
    if (!message) return SENT;
    spend();
    const { text, blocks } = message;
    const where = { channel: place.channel, ts: place.messageId };
    try {
      await client.chat.update({ ...LITERAL, ...where, text, blocks });
    } catch (error) {
      if (webFailure(error)?.code !== 'message_not_found') throw error;
      gone = true;
    }
    return SENT;
  });
  return gone ? 'gone' : result;
}
