/** Asking Slack about accounts, user groups and channels. */

/** The current state of a Slack account, as Slack reports it. */
export interface SlackProfile {
  readonly teamId: string;
  readonly userId: string;
  readonly email?: string | undefined;
  /** `member`: a full, active member of the connected workspace with a confirmed e-mail address. Only members may act. `guest` is Slack's guest account. */
  readonly status: 'member' | 'guest' | 'deactivated' | 'foreign' | 'bot' | 'unconfirmed';
}

export interface Directory {
  /** Asks Slack with a short timeout. Undefined when Slack does not answer in time: then no decision from Slack is accepted. */
  profile(userId: string): Promise<SlackProfile | undefined>;
  /** The account with this confirmed e-mail address. `unknown` when there is none; undefined when Slack does not answer. */
  byEmail(email: string): Promise<SlackProfile | 'unknown' | undefined>;
  /** Slack user ids in a user group. Undefined when Slack does not answer or does not know the group. */
  groupMembers(groupId: string): Promise<readonly string[] | undefined>;
  /** The accounts that Slack reports as deactivated. The others are not known to be active: Slack may not have answered for them. */
  deactivated(userIds: readonly string[]): Promise<readonly string[]>;
  /** Whether the channel is shared with another company, or will be. Undefined when Slack does not answer. */
  channel(id: string): Promise<{ readonly shared: boolean } | undefined>;
  /** The connected workspace. Undefined until Slack reports it. */
  teamId(): string | undefined;
}
