/**
 * Which of these accounts has Slack deactivated? A few are asked about one by one (users.info, tier 4, which presses need too); of
 * many the whole workspace is listed (users.list, tier 2, which nobody else needs), as far as a run's share of the tier goes.
 * https://docs.slack.dev/apis/web-api/rate-limits
 */

import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Log } from '../../ports/index.js';
import { webFailure } from './web-failure.js';

/** Asked twice a minute: 40 of some 100 calls. */
const ASKED_ONE_BY_ONE = 20;
/** Asked twice a minute: 16 of some 20 calls, 8,000 accounts. */
const PAGES_MAX = 8;
const PAGE = 1000;

const account = z.object({ id: z.string(), deleted: z.boolean().nullish() });
const one = z.object({ user: account });
const page = z.object({
  members: z.array(account),
  response_metadata: z.object({ next_cursor: z.string().nullish() }).nullish(),
});

/** Resolves with those that Slack says are deactivated; of the others it says nothing, or Slack did not. */
export type FindDeactivatedUsers = (userIds: readonly string[]) => Promise<readonly string[]>;

export function createFindDeactivatedUsers({ users }: WebClient, log: Log): FindDeactivatedUsers {
  /** Where the last run left off in a workspace that is too large for one. */
  let cursor: string | undefined;

  const askOneByOne = async (userIds: readonly string[], gone: Set<string>) => {
    for (const user of userIds) {
      const answer = one.safeParse(await answered(() => users.info({ user }))).data;
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
      if (userIds.length <= ASKED_ONE_BY_ONE) await askOneByOne(userIds, gone);
      else await listAll(new Set(userIds), gone);
    } catch (error) {
      const failure = webFailure(error);
      if (!failure) throw error;
      cursor = undefined;
      log.warn({ code: failure.code }, 'Slack did not say who has left; it is asked again');
    }
    return [...gone];
  };
}

/** Undefined where Slack refuses this one question, as of an account that we may not see: the others can still be asked about. */
async function answered<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (webFailure(error)?.code.startsWith('user_')) return undefined;
    throw error;
  }
}
