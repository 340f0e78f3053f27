/** All facts that a card shows, read from the database at one moment. The card is a pure function of them. */

import type { Approval, ApprovalId, Vote } from '../../domain/approval.js';
import { emailsAmong } from '../../domain/approver-entry.js';
import type { Grant, GrantId } from '../../domain/grant.js';
import type { Person, PersonId } from '../../domain/person.js';
import type { Policy } from '../../domain/policy/policy.js';
import type { PolicyIndex } from '../../domain/policy/policy-index.js';
import type { HashText } from '../../domain/request-digest.js';
import { requestDigest } from '../../domain/request-digest.js';
import type { RiskSignal } from '../../domain/risk-signals.js';
import type { PolicyChangeRecord, Store } from '../../ports/index.js';
import { approverEntriesAt, decidingPolicy } from '../policies/deciding-policy.js';
import { readRisks } from './request-risks.js';

export interface CardFacts {
  readonly approval: Approval;
  /** Undefined when no single policy decides these resources any more: then the request cannot be approved. */
  readonly policy?: Policy | undefined;
  /** Digest of exactly these facts, so that a decision applies to nothing else. */
  readonly digest: string;
  /** Changes of the policy since the request, the oldest first. Empty once the request is settled. */
  readonly changes: readonly PolicyChangeRecord[];
  /** What to check, most serious first: computed now while the request is pending, afterwards as it was last shown before. */
  readonly signals: readonly RiskSignal[];
  /** Approver entries of the policy: e-mail addresses, Slack user ids and groups. Includes escalation approvers once the escalation is due. */
  readonly approvers: readonly string[];
  /** The approvers with a person record, with their Slack accounts. */
  readonly approverPeople: readonly Person[];
  readonly owner?: Person | undefined;
  readonly settledBy?: Person | undefined;
  /** The person who revoked the grant. */
  readonly endedBy?: Person | undefined;
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
    const now = await store.now();
    const { policies, ...policyFacts } = await readPolicyFacts(parts, approval, now);
    const [owner, signals, settledBy, votes, grant] = await Promise.all([
      store.people.find(approval.requester.owner),
      signalsOf(store, approval, policies, policyFacts.policy, now),
      settler(store, approval),
      store.approvals.votes(id),
      store.grants.ofApproval(id),
    ]);
    const endedBy = grant && (await ender(store, grant));
    return { ...policyFacts, approval, owner, signals, settledBy, votes, grant, endedBy, now };
  };
}

/** Kept while the request is pending, so that a decided one still says what its approver saw. */
async function signalsOf(
  store: Store,
  approval: Approval,
  policies: PolicyIndex<Policy>,
  policy: Policy | undefined,
  now: Date,
): Promise<readonly RiskSignal[]> {
  if (!isOpen(approval)) return store.approvals.signals(approval.id);
  const signals = await readRisks(store, approval, policies, policy, now);
  // A database that takes no writes must not hide the card.
  await store.approvals.keepSignals(approval.id, signals).catch(() => undefined);
  return signals;
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

type PolicyFacts = Pick<
  CardFacts,
  'policy' | 'digest' | 'changes' | 'approvers' | 'approverPeople'
>;

/** Facts from the policy that decides these resources now. It may differ from the policy at the time of the request. */
async function readPolicyFacts(
  { store, digest, defaultApprovers }: ReadCardFactsParts,
  approval: Approval,
  now: Date,
): Promise<PolicyFacts & { readonly policies: PolicyIndex<Policy> }> {
  const policies = await store.policies.covering(approval.resources);
  const deciding = decidingPolicy(policies, approval.resources);
  if (!deciding.ok)
    return { policies, digest: approval.digest, changes: [], approvers: [], approverPeople: [] };
  const policy = deciding.value;
  const approvers = approverEntriesAt(
    { policy, policies, defaults: defaultApprovers },
    approval,
    now,
  );
  const bound = { ...approval, policy: policy.id, policyVersion: policy.version };
  const [changes, approverPeople] = await Promise.all([
    isOpen(approval) ? store.policies.changesSince(policy.id, approval.createdAt) : [],
    peopleAmong(store, approvers),
  ]);
  return {
    policies,
    policy,
    // A settled request keeps the digest that it was decided with.
    digest: isOpen(approval) ? requestDigest(digest, bound) : approval.digest,
    changes,
    approvers,
    approverPeople,
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

const ender = async (store: Store, { endedBy }: Grant) =>
  endedBy && isPersonId(endedBy) ? store.people.find(endedBy) : undefined;

const isPersonId = (id: string): id is PersonId => id.startsWith('prsn_');
