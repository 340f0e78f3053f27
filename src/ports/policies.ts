/** The store of policies and of the members of Slack user groups. */

import type { ApprovalId } from '../domain/approval.js';
import type { Policy, PolicyId, PolicyRules } from '../domain/policy/policy.js';
import type { PolicyIndex } from '../domain/policy/policy-index.js';

export interface PolicyReads {
  /**
   * An index over all policies that cover one of these resources or patterns, and perhaps some that cover none. This is one statement and
   * an index lookup, not a scan.
   */
  covering(resources: readonly string[]): Promise<PolicyIndex<Policy>>;
  /** The same for the resources of this request. */
  coveringRequest(id: ApprovalId): Promise<PolicyIndex<Policy>>;
  list(): Promise<readonly Policy[]>;
  change(id: PolicyId, version: number): Promise<PolicyChangeRecord | undefined>;
  /** Changes of this policy after that moment, the oldest first. */
  changesSince(id: PolicyId, moment: Date): Promise<readonly PolicyChangeRecord[]>;
}

/** The description of one policy change, for its announcement. */
export interface PolicyChangeRecord {
  readonly policy: PolicyId;
  readonly version: number;
  readonly uri: string;
  /** The key's name. */
  readonly actor: string;
  readonly channel?: string | undefined;
  readonly lines: readonly string[];
  /** How the change loosens the policy. Empty when it loosens nothing. */
  readonly loosens: readonly string[];
}

export interface Policies extends PolicyReads {
  /** Blocks other policy writes until this transaction ends. Reads continue. */
  lockAll(): Promise<void>;
  /** Finds the policy of exactly this pattern and locks its row. */
  lock(pattern: string): Promise<Policy | undefined>;
  /** Undefined when the pattern already has a policy. */
  insert(id: PolicyId, rules: PolicyRules): Promise<Policy | undefined>;
  /** Replaces the rules and increases the version by one. Undefined when `from` is no longer the latest version. */
  replace(from: Policy, rules: PolicyRules): Promise<Policy | undefined>;
  /** Removes the policy. Decisions made under it stay stored. Undefined when `from` is no longer the latest version. */
  remove(from: Policy): Promise<Policy | undefined>;
  recordChange(change: PolicyChangeRecord): Promise<void>;
}

/** Members of Slack user groups, as Slack last reported them. */
export interface SlackGroups {
  /** The members of those groups whose stored membership is recent enough for decisions. */
  members(groups: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  save(teamId: string, groupId: string, members: readonly string[]): Promise<void>;
}
