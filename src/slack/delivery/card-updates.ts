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

/** The message cannot be changed: it no longer exists, or Slack lets no app edit it any more. */
export type Unchangeable = 'gone' | 'locked';

/** https://docs.slack.dev/reference/methods/chat.update#errors */
const UNCHANGEABLE: Readonly<Record<string, Unchangeable>> = {
  message_not_found: 'gone',
  cant_update_message: 'locked',
  edit_window_closed: 'locked',
};

/** Throws what Slack's client throws. */
export async function updateMessage(
  { client, updates, budget }: UpdateParts,
  { place, urgent, signal, compose }: MessageUpdate,
): Promise<DeliveryResult | Unchangeable> {
  if (!(await budget.take(urgent, signal))) return STOPPING;
  let unchangeable: Unchangeable | undefined;
  const result = await updates(place.channel, signal, async (spend) => {
    const message = await compose();
    if (!message) return SENT;
    spend();
    const { text, blocks } = message;
    const where = { channel: place.channel, ts: place.messageId };
    try {
      await client.chat.update({ ...LITERAL, ...where, text, blocks });
    } catch (error) {
      unchangeable = UNCHANGEABLE[webFailure(error)?.code ?? ''];
      if (!unchangeable) throw error;
    }
    return SENT;
  });
  return unchangeable ?? result;
}
