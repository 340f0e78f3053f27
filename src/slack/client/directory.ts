/** Looks up Slack accounts, e-mail addresses and user groups. Nothing is cached: yesterday's member may be today's guest. */

import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import { asciiLower } from '../../domain/ascii.js';
import type { Directory, Log, SlackProfile } from '../../ports/index.js';
import { isDirectMessage, readShared } from './channels.js';
import type { FindDeactivatedUsers } from './deactivated-users.js';
import { remedy, webFailure } from './web-failure.js';
import type { Workspace } from './workspace.js';

/** https://docs.slack.dev/reference/objects/user-object. An absent flag counts as false, except for the confirmed address. */
const slackUser = z.object({
  id: z.string(),
  team_id: z.string().nullish(),
  deleted: z.boolean().nullish(),
  is_bot: z.boolean().nullish(),
  is_app_user: z.boolean().nullish(),
  is_restricted: z.boolean().nullish(),
  is_ultra_restricted: z.boolean().nullish(),
  is_invited_user: z.boolean().nullish(),
  is_stranger: z.boolean().nullish(),
  is_email_confirmed: z.boolean().nullish(),
  enterprise_user: z.object({ teams: z.array(z.string()).nullish() }).nullish(),
  profile: z.object({ email: z.string().nullish() }).nullish(),
});
type SlackUser = z.infer<typeof slackUser>;
const userAnswer = z.object({ user: slackUser });

const groupList = z.object({ users: z.array(z.string()) });

export interface DirectoryParts {
  readonly client: WebClient;
  readonly findDeactivatedUsers: FindDeactivatedUsers;
  readonly workspace: () => Workspace | undefined;
  readonly log: Log;
}

/** Its methods resolve with undefined when Slack does not answer in time, or answers about another account. */
export function createDirectory(parts: DirectoryParts): Directory {
  const { client, findDeactivatedUsers, workspace, log } = parts;
  const { users, usergroups } = client;
  const teamId = () => workspace()?.teamId;
  return {
    teamId,
    deactivated: async (userIds) => (teamId() === undefined ? [] : findDeactivatedUsers(userIds)),

    async profile(userId) {
      const connected = teamId();
      if (connected === undefined) return undefined;
      const answer = await orUndefined(log, 'users.info', () => users.info({ user: userId }));
      const { user } = userAnswer.safeParse(answer).data ?? {};
      return user?.id === userId ? profileOf(user, connected) : undefined;
    },

    async byEmail(email) {
      const connected = teamId();
      if (connected === undefined) return undefined;
      const answer = await orUndefined(log, 'users.lookupByEmail', () => lookUp(client, email));
      if (answer === 'unknown') return 'unknown';
      const { user } = userAnswer.safeParse(answer).data ?? {};
      if (!user) return undefined;
      const same = asciiLower(user.profile?.email ?? '') === asciiLower(email);
      return same ? profileOf(user, connected) : 'unknown';
    },

    async channel(id) {
      if (teamId() === undefined) return undefined;
      if (isDirectMessage(id)) return { shared: false };
      const shared = await orUndefined(log, 'conversations.info', () => readShared(client, id));
      return shared === undefined ? undefined : { shared };
    },

    async groupMembers(groupId) {
      if (teamId() === undefined) return undefined;
      const answer = await orUndefined(log, 'usergroups.users.list', () =>
        usergroups.users.list({ usergroup: groupId }),
      );
      return groupList.safeParse(answer).data?.users;
    },
  };
}

async function lookUp({ users }: WebClient, email: string) {
  try {
    return await users.lookupByEmail({ email });
  } catch (error) {
    if (webFailure(error)?.code === 'users_not_found') return 'unknown';
    throw error;
  }
}

/** Undefined when Slack refused or did not answer; the caller must then treat the account as unknown. */
async function orUndefined<T>(
  log: Log,
  method: string,
  ask: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    const failure = webFailure(error);
    if (!failure) throw error;
    const { code, permanent } = failure;
    const todo = permanent ? remedy(code) : 'nothing to do: vsecure asks again';
    log.warn({ method, code, todo }, 'Slack did not answer a lookup');
    return undefined;
  }
}

function profileOf(user: SlackUser, teamId: string): SlackProfile {
  const standing = standingOf(user, teamId);
  return {
    teamId: standing === 'foreign' ? (user.team_id ?? '') : teamId,
    userId: user.id,
    email: user.profile?.email ?? undefined,
    status: standing,
  };
}

function standingOf(user: SlackUser, teamId: string): SlackProfile['status'] {
  const belongs = user.team_id === teamId || user.enterprise_user?.teams?.includes(teamId);
  if (user.is_stranger || !belongs) return 'foreign';
  if (user.deleted) return 'deactivated';
  if (user.is_bot || user.is_app_user || user.id === 'USLACKBOT') return 'bot';
  if (user.is_restricted || user.is_ultra_restricted || user.is_invited_user) return 'guest';
  if (user.is_email_confirmed === false) return 'unconfirmed';
  return 'member';
}
