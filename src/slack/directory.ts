/** Who is behind a Slack account right now? Asked afresh each time: yesterday's member may be today's guest. */

import type { WebClient } from '@slack/web-api';
import { z } from 'zod';
import type { Directory, Log, SlackProfile } from '../domain/ports.js';
import { webFailure } from './web-failure.js';
import type { Workspace } from './workspace.js';

/** https://docs.slack.dev/reference/objects/user-object. Flags that are absent are read as false, but for the confirmed address. */
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

export interface DirectoryParts {
  readonly client: WebClient;
  readonly workspace: () => Workspace | undefined;
  readonly log: Log;
}

/** Undefined when Slack does not answer in time, or answers about somebody else. */
export function createDirectory({ client, workspace, log }: DirectoryParts): Directory {
  return {
    async profile(userId) {
      const home = workspace();
      if (!home) return undefined;
      const user = await look(client, userId, log);
      return user && profileOf(user, home.teamId);
    },
  };
}

async function look(client: WebClient, userId: string, log: Log): Promise<SlackUser | undefined> {
  try {
    const { user } = await client.users.info({ user: userId });
    const read = slackUser.safeParse(user);
    return read.success && read.data.id === userId ? read.data : undefined;
  } catch (error) {
    const failure = webFailure(error);
    if (!failure) throw error;
    log.warn({ code: failure.code }, 'Slack did not say who pressed, so nobody may decide');
    return undefined;
  }
}

function profileOf(user: SlackUser, teamId: string): SlackProfile {
  const standing = standingOf(user, teamId);
  return {
    teamId: standing === 'foreign' ? (user.team_id ?? '') : teamId,
    userId: user.id,
    email: user.profile?.email ?? undefined,
    standing,
  };
}

function standingOf(user: SlackUser, teamId: string): SlackProfile['standing'] {
  const belongs = user.team_id === teamId || user.enterprise_user?.teams?.includes(teamId);
  if (user.is_stranger || !belongs) return 'foreign';
  if (user.deleted) return 'deactivated';
  if (user.is_bot || user.is_app_user || user.id === 'USLACKBOT') return 'bot';
  if (user.is_restricted || user.is_ultra_restricted || user.is_invited_user) return 'guest';
  if (user.is_email_confirmed === false) return 'unconfirmed';
  return 'member';
}
