/** Who is in a channel, and whether it is shared with another company. When Slack does not say, no account counts as absent and the channel as not shared. */

import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { MINUTE } from '../../domain/limits.js';
import { webFailure } from './web-failure.js';

export interface Channels {
  /** Returns the accounts that are known not to be in the channel. */
  absent(channel: string, users: readonly string[]): Promise<readonly string[]>;
  /** True when the channel is known to be shared with another company, or about to be. */
  shared(channel: string): Promise<boolean>;
}

/** An answer is cached for this long (ms). */
const CACHED_FOR = 5 * MINUTE;
/** Pages of 1,000 members. In a larger channel no account counts as absent. */
const PAGES_MAX = 5;

/** Slack's ids of direct messages begin with `D`. */
export const isDirectMessage = (channel: string): boolean => channel.startsWith('D');

/** Needs the optional scopes channels:read and groups:read. */
export function createChannels(client: WebClient): Channels {
  const membersOf = cached((channel) => readMembers(client, channel));
  const isShared = cached((channel) => readShared(client, channel));
  return {
    async absent(channel, users) {
      if (users.length === 0 || isDirectMessage(channel)) return [];
      const members = await membersOf(channel);
      return members ? users.filter((user) => !members.has(user)) : [];
    },
    shared: async (channel) => !isDirectMessage(channel) && ((await isShared(channel)) ?? false),
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
    const request = { channel, limit: 1000, ...(cursor && { cursor }) };
    const read = page.parse(await conversations.members(request));
    for (const member of read.members) members.add(member);
    cursor = read.response_metadata?.next_cursor || undefined;
    if (!cursor) return members;
  }
  return undefined;
}

/** Also caches a refusal, but not a missing answer. */
function cached<T>(ask: (channel: string) => Promise<T | undefined>) {
  const known = new Map<string, { readonly answer: T | undefined; readonly until: number }>();
  return async (channel: string): Promise<T | undefined> => {
    const found = known.get(channel);
    if (found && performance.now() < found.until) return found.answer;
    try {
      const answer = await ask(channel);
      known.set(channel, { answer, until: performance.now() + CACHED_FOR });
      return answer;
    } catch (error) {
      if (webFailure(error)?.permanent ?? true)
        known.set(channel, { answer: undefined, until: performance.now() + CACHED_FOR });
      return undefined;
    }
  };
}
