/** What Slack says of a channel: who is in it, and whether another company is. In doubt nobody is missing and nothing is shared. */

import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { MINUTE } from '../../domain/limits.js';
import { webFailure } from './web-failure.js';

export interface Channels {
  /** Those of these accounts that are known not to be in the channel. */
  absent(channel: string, users: readonly string[]): Promise<readonly string[]>;
  /** Is it known to be shared with another company, or about to be? */
  shared(channel: string): Promise<boolean>;
}

/** Slack is asked again after (ms). */
const FRESH = 5 * MINUTE;
/** Pages of 1,000. Of a larger channel nobody is taken for absent. */
const PAGES_MAX = 5;

/** Needs the optional scopes channels:read and groups:read. */
export function createChannels(client: WebClient): Channels {
  const membersOf = remembered((channel) => readMembers(client, channel));
  const isShared = remembered((channel) => readShared(client, channel));
  return {
    async absent(channel, users) {
      if (users.length === 0 || channel.startsWith('D')) return [];
      const members = await membersOf(channel);
      return members ? users.filter((user) => !members.has(user)) : [];
    },
    shared: async (channel) => !channel.startsWith('D') && ((await isShared(channel)) ?? false),
  };
}

const info = z.object({
  channel: z.object({
    is_ext_shared: z.boolean().nullish(),
    is_pending_ext_shared: z.boolean().nullish(),
  }),
});

/** Throws what Slack's client throws. https://docs.slack.dev/reference/objects/conversation-object */
export async function readShared(
  { conversations }: WebClient,
  channel: string,
): Promise<boolean | undefined> {
  const found = info.safeParse(await conversations.info({ channel })).data?.channel;
  return found && Boolean(found.is_ext_shared || found.is_pending_ext_shared);
}

const page = z.object({
  members: z.array(z.string()),
  response_metadata: z.object({ next_cursor: z.string().nullish() }).nullish(),
});

async function readMembers(
  { conversations }: WebClient,
  channel: string,
): Promise<ReadonlySet<string> | undefined> {
  const members = new Set<string>();
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const asked = { channel, limit: 1000, ...(cursor && { cursor }) };
    const read = page.parse(await conversations.members(asked));
    for (const member of read.members) members.add(member);
    cursor = read.response_metadata?.next_cursor || undefined;
    if (!cursor) return members;
  }
  return undefined;
}

/** Also that Slack refused to say; but not that it did not answer. */
function remembered<T>(ask: (channel: string) => Promise<T | undefined>) {
  const known = new Map<string, { readonly answer: T | undefined; readonly until: number }>();
  return async (channel: string): Promise<T | undefined> => {
    const found = known.get(channel);
    if (found && performance.now() < found.until) return found.answer;
    try {
      const answer = await ask(channel);
      known.set(channel, { answer, until: performance.now() + FRESH });
      return answer;
    } catch (error) {
      if (webFailure(error)?.permanent ?? true)
        known.set(channel, { answer: undefined, until: performance.now() + FRESH });
      return undefined;
    }
  };
}
