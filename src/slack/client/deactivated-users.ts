/**
 * Finds the accounts that Slack has deactivated. A few are looked up one by one (users.info, tier 4, which clicks also need); for many the
 * whole workspace is listed (users.list, tier 2, which nothing else needs), within one run's share of the rate limit.
 * https://docs.slack.dev/apis/web-api/rate-limits
 */

import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Log } from '../../ports/index.js';
import { webFailure } from './web-failure.js';

/** Runs twice a minute: 40 of about 100 calls. */
const LOOKED_UP_MAX = 20;
/** Runs twice a minute: 16 of about 20 calls, 8,000 accounts. */
const PAGES_MAX = 8;
const PAGE = 1000;

const account = z.object({ id: z.string(), deleted: z.boolean().nullish() });
const one = z.object({ user: account });
const page = z.object({
  members: z.array(account),
  response_metadata: z.object({ next_cursor: z.string().nullish() }).nullish(),
});

/** Resolves with the accounts that Slack says are deactivated. The others may be active, or Slack did not answer about them. */
export type FindDeactivatedUsers = (userIds: readonly string[]) => Promise<readonly string[]>;

export function createFindDeactivatedUsers({ users }: WebClient, log: Log): FindDeactivatedUsers {
  /** Where the last run stopped in a workspace that is too large for one run. */
  let cursor: string | undefined;

  const lookUpEach = async (userIds: readonly string[], gone: Set<string>) => {
    for (const user of userIds) {
      const answer = one.safeParse(await skipRefused(() => users.info({ user }))).data;
      if (answer?.user.id === user && answer.user.deleted) gone.add(user);
    }
  };

  const listAll = async (userIds: ReadonlySet<string>, gone: Set<string>) => {
    for (let pages = 0; pages < PAGES_MAX; pages += 1) {
      const answer = await users.list({ limit: PAGE, ...(cursor ? { cursor } : {}) });
      const { members = [], response_metadata } = page.safeParse(answer).data ?? {};
      for (const { id, deleted } of members) if (deleted && userIds.has(id)) gone.add(id);
      cursor = response_metadata?.next_cursor || undefined;
      if (!cursor) return;
    }
  };

  return async (userIds) => {
    const gone = new Set<string>();
    try {
      if (userIds.length <= LOOKED_UP_MAX) await lookUpEach(userIds, gone);
      else await listAll(new Set(userIds), gone);
    } catch (error) {
      const failure = webFailure(error);
      if (!failure) throw error;
      cursor = undefined;
      log.warn(
        { code: failure.code },
        'Slack did not say which accounts are deactivated; vsecure asks again',
      );
    }
    return [...gone];
  };
}

/** Undefined when Slack refuses one lookup, as for an account that the bot may not see; the others can still be looked up. */
async function skipRefused<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (webFailure(error)?.code.startsWith('user_')) return undefined;
    throw error;
  }
}
