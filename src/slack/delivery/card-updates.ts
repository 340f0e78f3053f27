/** Redraws messages: within what Slack allows in the whole workspace, and one after the other in each channel. */

import type { WebClient } from '@slack/web-api';
import { webFailure } from '../client/web-failure.js';
import { LITERAL, type Message, type Place } from './channel-posting.js';
import { type Delivered, SENT } from './delivery-result.js';
import type { Lanes } from './keyed-queue.js';
import type { Budget } from './rate-budget.js';

export interface RedrawingParts {
  readonly client: WebClient;
  readonly updates: Lanes;
  readonly budget: Budget;
}

export interface Redrawing {
  readonly place: Place;
  /** Somebody is looking at it. */
  readonly urgent: boolean;
  readonly signal: AbortSignal;
  /** Called when its turn has come: what it says is then the latest. Undefined when there is nothing to redraw. */
  readonly compose: () => Promise<Message | undefined>;
}

/** `gone` when there is no such message any more. Throws what Slack's client throws. */
export async function redraw(
  { client, updates, budget }: RedrawingParts,
  { place, urgent, signal, compose }: Redrawing,
): Promise<Delivered | 'gone'> {
  if (!(await budget.take(urgent, signal)))
    return { outcome: 'retry', error: 'stopping', retryAfterMs: 0 };
  let gone = false;
  const told = await updates(place.channel, signal, async (spend) => {
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
  return gone ? 'gone' : told;
}
