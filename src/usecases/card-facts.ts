/** Everything a card shows, read from the database at one moment. The card is a pure function of this. */

import type { Approval, ApprovalId } from '../domain/approval.js';
import type { Grant } from '../domain/grant.js';
import type { Person } from '../domain/person.js';
import type { Policy } from '../domain/policy.js';
import type { Store } from '../domain/ports.js';
import type { Vote } from '../domain/vote.js';
import { decidingPolicy, namedApprovers } from './deciding-policy.js';

export interface CardFacts {
  readonly approval: Approval;
  /** Undefined when no single policy decides these resources any more: then nobody can approve it. */
  readonly policy?: Policy | undefined;
  /** Entries of the policy: e-mails and Slack user ids. */
  readonly approvers: readonly string[];
  /** Approvers who are known people, with their Slack accounts. */
  readonly approverPeople: readonly Person[];
  readonly owner?: Person | undefined;
  readonly settledBy?: Person | undefined;
  readonly votes: readonly Vote[];
  readonly grant?: Grant | undefined;
  readonly now: Date;
}

export type ReadCardFacts = (id: ApprovalId) => Promise<CardFacts | undefined>;

export function createReadCardFacts(
  store: Store,
  defaultApprovers: readonly string[],
): ReadCardFacts {
  return async (id) => {
    const approval = await store.approvals.find(id);
    if (!approval) return undefined;
    const deciding = await decidingPolicy(store.policies, approval.resources);
    const policy = deciding.ok ? deciding.value : undefined;
    const approvers = policy ? await namedApprovers(store.policies, policy, defaultApprovers) : [];
    return {
      approval,
      policy,
      approvers,
      approverPeople: await peopleAmong(store, approvers),
      owner: await store.people.find(approval.requester.owner),
      settledBy: await settler(store, approval),
      votes: await store.approvals.votes(id),
      grant: await store.grants.ofApproval(id),
      now: await store.now(),
    };
  };
}

async function peopleAmong(store: Store, approvers: readonly string[]): Promise<readonly Person[]> {
  const found = await Promise.all(
    approvers.filter((entry) => entry.includes('@')).map((email) => store.people.byEmail(email)),
  );
  return found.filter((person) => person !== undefined);
}

const settler = async (store: Store, approval: Approval) =>
  approval.status !== 'pending' && approval.settledBy
    ? store.people.find(approval.settledBy.id)
    : undefined;
