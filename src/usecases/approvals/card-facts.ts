/** All facts that a card shows, read from the database at one moment. The card is a pure function of them. */

import type { Approval, ApprovalId, Vote } from '../../domain/approval.js';
import { emailsAmong } from '../../domain/approver-entry.js';
import type { Grant, GrantId } from '../../domain/grant.js';
import type { Person } from '../../domain/person.js';
import type { Policy } from '../../domain/policy/policy.js';
import type { HashText } from '../../domain/request-digest.js';
import { requestDigest } from '../../domain/request-digest.js';
import type { PolicyChangeRecord, RequesterHistory, Store } from '../../ports/index.js';
import { approverEntriesAt, decidingPolicy } from '../policies/deciding-policy.js';

export interface CardFacts {
  readonly approval: Approval;
  /** Undefined when no single policy decides these resources any more: then the request cannot be approved. */
  readonly policy?: Policy | undefined;
  /** Digest of exactly these facts, so that a decision applies to nothing else. */
  readonly digest: string;
  /** Changes of the policy since the request, the oldest first. Empty once the request is settled. */
  readonly changes: readonly PolicyChangeRecord[];
  /** Undefined once the request is settled: it only helps to decide. */
  readonly context?: RequesterHistory | undefined;
  /** Approver entries of the policy: e-mail addresses, Slack user ids and groups. Includes escalation approvers once the escalation is due. */
  readonly approvers: readonly string[];
  /** The approvers with a person record, with their Slack accounts. */
  readonly approverPeople: readonly Person[];
  readonly owner?: Person | undefined;
  readonly settledBy?: Person | undefined;
  readonly votes: readonly Vote[];
  readonly grant?: Grant | undefined;
  readonly now: Date;
}

export type ReadCardFacts = (id: ApprovalId) => Promise<CardFacts | undefined>;

export interface ReadCardFactsParts {
  readonly store: Store;
  readonly digest: HashText;
  readonly defaultApprovers: readonly string[];
}

export function createReadCardFacts(parts: ReadCardFactsParts): ReadCardFacts {
  const { store } = parts;
  return async (id) => {
    const approval = await store.approvals.find(id);
    if (!approval) return undefined;
    return {
      ...(await policyFacts(parts, approval)),
      approval,
      context: isOpen(approval) ? await store.approvals.requesterHistory(approval) : undefined,
      owner: await store.people.find(approval.requester.owner),
      settledBy: await settler(store, approval),
      votes: await store.approvals.votes(id),
      grant: await store.grants.ofApproval(id),
      now: await store.now(),
    };
  };
}

/** The facts of a request together with its grant. */
export type GrantFacts = CardFacts & { readonly grant: Grant };
export type ReadGrantFacts = (id: GrantId) => Promise<GrantFacts | undefined>;

export function createReadGrantFacts(store: Store, readCardFacts: ReadCardFacts): ReadGrantFacts {
  return async (id) => {
    const found = await store.grants.find(id);
    const facts = found && (await readCardFacts(found.approval));
    return facts?.grant && { ...facts, grant: facts.grant };
  };
}

/** Facts from the policy that decides these resources now. It may differ from the policy at the time of the request. */
async function policyFacts(
  { store, digest, defaultApprovers }: ReadCardFactsParts,
  approval: Approval,
): Promise<Pick<CardFacts, 'policy' | 'digest' | 'changes' | 'approvers' | 'approverPeople'>> {
  const policies = await store.policies.covering(approval.resources);
  const deciding = decidingPolicy(policies, approval.resources);
  if (!deciding.ok)
    return { digest: approval.digest, changes: [], approvers: [], approverPeople: [] };
  const policy = deciding.value;
  const approvers = approverEntriesAt(
    { policy, policies, defaults: defaultApprovers },
    approval,
    await store.now(),
  );
  const bound = { ...approval, policy: policy.id, policyVersion: policy.version };
  return {
    policy,
    // A settled request keeps the digest that it was decided with.
    digest: isOpen(approval) ? requestDigest(digest, bound) : approval.digest,
    changes: isOpen(approval)
      ? await store.policies.changesSince(policy.id, approval.createdAt)
      : [],
    approvers,
    approverPeople: await peopleAmong(store, approvers),
  };
}

const isOpen = ({ status }: Approval): boolean => status === 'pending';

async function peopleAmong(store: Store, approvers: readonly string[]): Promise<readonly Person[]> {
  const found = await Promise.all(
    emailsAmong(approvers).map((email) => store.people.byEmail(email)),
  );
  return found.filter((person) => person !== undefined);
}

const settler = async (store: Store, approval: Approval) =>
  approval.status !== 'pending' && approval.settledBy
    ? store.people.find(approval.settledBy.id)
    : undefined;
