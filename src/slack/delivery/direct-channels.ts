/** The direct-message channel of each Slack account. It never changes, so it is opened once and remembered. */

import type { WebClient } from '@slack/web-api';

/** Resolves with the channel (`D…`) of direct messages to this account (`U…`, `W…`). Throws what Slack's client throws. */
export type OpenDirectChannel = (userId: string) => Promise<string>;

/** Needs the scope im:write. https://docs.slack.dev/reference/methods/conversations.open */
export function createDirectChannels({ conversations }: WebClient): OpenDirectChannel {
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
