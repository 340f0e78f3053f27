/** Where a person's direct messages from us are. Opened once and remembered: it never changes. */

import type { WebClient } from '@slack/web-api';

/** The channel (`D…`) of the direct messages to this account (`U…`, `W…`). Throws what Slack's client throws. */
export type OpenDirect = (userId: string) => Promise<string>;

/** Needs the scope im:write. https://docs.slack.dev/reference/methods/conversations.open */
export function createDirectMessages({ conversations }: WebClient): OpenDirect {
  const known = new Map<string, string>();
  return async (userId) => {
    const found = known.get(userId);
    if (found) return found;
    const { channel } = await conversations.open({ users: userId });
    if (!channel?.id) throw new TypeError('Slack opened a direct message without an id');
    known.set(userId, channel.id);
    return channel.id;
  };
}
