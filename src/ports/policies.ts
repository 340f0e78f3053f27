/** The store of policies and of who is in a Slack user group. */

import type { Policy, PolicyId, PolicyRules } from '../domain/policy/policy.js';

export interface PolicyReads {
  /** Those of the candidate patterns that have a policy, most specific first. An index lookup, not a scan. */
  matching(candidates: readonly string[]): Promise<readonly Policy[]>;
  list(): Promise<readonly Policy[]>;
  change(id: PolicyId, version: number): Promise<PolicyChangeRecord | undefined>;
  /** What changed in this policy after that moment, oldest first. */
  changesSince(id: PolicyId, moment: Date): Promise<readonly PolicyChangeRecord[]>;
}

/** What one change of a policy did, in words, for its announcement. */
export interface PolicyChangeRecord {
  readonly policy: PolicyId;
  readonly version: number;
  readonly uri: string;
  /** The key's name. */
  readonly actor: string;
  readonly channel?: string | undefined;
  readonly lines: readonly string[];
  /** Why more is possible than before; empty when nothing is looser. */
  readonly loosens: readonly string[];
}

export interface Policies extends PolicyReads {
  /** Lets nobody else write any policy until this transaction ends; reading goes on. */
  lockAll(): Promise<void>;
  /** Finds the policy of exactly this pattern and holds its row. */
  lock(pattern: string): Promise<Policy | undefined>;
  /** Undefined when somebody else was faster to write one for this pattern. */
  insert(id: PolicyId, rules: PolicyRules): Promise<Policy | undefined>;
  /** Replaces the rules; the version rises by one. Undefined when `from` is no longer the latest version. */
  replace(from: Policy, rules: PolicyRules): Promise<Policy | undefined>;
  /** From now on it decides nothing; what was decided under it stays on record. Undefined when `from` is outdated. */
  remove(from: Policy): Promise<Policy | undefined>;
  recordChange(change: PolicyChangeRecord): Promise<void>;
}

/** Who is in a Slack user group, as Slack last said. */
export interface SlackGroups {
  /** The members of those groups whose membership is known and fresh enough to decide by. */
  members(groups: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  save(teamId: string, groupId: string, members: readonly string[]): Promise<void>;
}
