/** Asking Slack about accounts, user groups and channels. */

/** What Slack says of an account right now. */
export interface SlackProfile {
  readonly teamId: string;
  readonly userId: string;
  readonly email?: string | undefined;
  /** A full, present member of the connected workspace with a confirmed address: not a guest, bot, outside account or deactivated user. */
  readonly status: 'member' | 'guest' | 'deactivated' | 'foreign' | 'bot' | 'unconfirmed';
}

export interface Directory {
  /** Asks Slack, with a short timeout. Undefined when Slack does not answer in time: then the account may not decide. */
  profile(userId: string): Promise<SlackProfile | undefined>;
  /** The account with this confirmed address. `unknown` when there is none; undefined when Slack does not answer. */
  byEmail(email: string): Promise<SlackProfile | 'unknown' | undefined>;
  /** Slack user ids in a user group. Undefined when Slack does not answer or does not know it. */
  groupMembers(groupId: string): Promise<readonly string[] | undefined>;
  /** The accounts that Slack says are deactivated. The others may be deactivated too. */
  deactivated(userIds: readonly string[]): Promise<readonly string[]>;
  /** Is another company in this channel, or about to be? Undefined when Slack does not say. */
  channel(id: string): Promise<{ readonly shared: boolean } | undefined>;
  /** The connected workspace. Undefined while Slack has not said it. */
  teamId(): string | undefined;
}
