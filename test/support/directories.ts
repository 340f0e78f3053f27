/** Slack's word about people, for tests that have no Slack. */

import type { Directory, SlackProfile } from '../../src/ports/index.js';

/** Every account is a full member of this workspace, with no address that could be linked; `change` says otherwise. */
export function memberDirectory(teamId: string, change: Partial<Directory> = {}): Directory {
  return {
    teamId: () => teamId,
    profile: async (userId): Promise<SlackProfile> => ({ teamId, userId, status: 'member' }),
    byEmail: async () => 'unknown',
    deactivated: async () => [],
    groupMembers: async () => undefined,
    channel: async () => undefined,
    ...change,
  };
}
