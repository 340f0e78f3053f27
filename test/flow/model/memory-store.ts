/** The store without a database, as far as asking, deciding and writing policies need it: to play thousands of scripts in seconds. */

import type {
  Approval,
  ApprovalId,
  NewApproval,
  Settlement,
  Vote,
} from '../../../src/domain/approval.js';
import type { NewGrant } from '../../../src/domain/grant.js';
import type { Person, PersonId } from '../../../src/domain/person.js';
import type { Policy, PolicyId, PolicyRules } from '../../../src/domain/policy/policy.js';
import { createPolicyIndex } from '../../../src/domain/policy/policy-index.js';
import type { Principal, PrincipalId } from '../../../src/domain/principal.js';
import type { Caller } from '../../../src/domain/rights.js';
import type { DecidingAs, SettlingVote, Store, Tx } from '../../../src/ports/index.js';

export interface Memory {
  readonly people: readonly Person[];
  readonly principals: readonly Principal[];
  /** The only one whose key makes changes. */
  readonly administrator: Caller;
  readonly policies: Map<string, Policy>;
  readonly approvals: Map<ApprovalId, Approval>;
  readonly grants: Map<ApprovalId, NewGrant>;
  readonly votes: Vote[];
}

const NOW = new Date('2026-05-01T12:00:00Z');
/** Before any request was made. */
const LONG_AGO = new Date(0);

/** One transaction at a time, and nothing is ever rolled back: a use case that throws fails the script. */
export function memoryStore(memory: Memory): Store {
  const person = (id: PersonId) => memory.people.find((one) => one.id === id);
  const byEmail = async (email: string) => memory.people.find((one) => one.email === email);
  const tx = {
    now: async () => NOW,
    record: () => {},
    enqueueCardUpdate: async () => {},
    enqueueDirectMessage: async () => {},
    enqueueAutoApprovalLine: async () => {},
    enqueuePolicyAnnouncement: async () => {},
    wake: async () => {},
    groups: { members: async () => new Map() },
    principals: {
      list: async () => memory.principals,
      credentials: async () => ({ ...memory.administrator, hash: new Uint8Array(), live: true }),
      lockActive: async (wanted: PrincipalId) => memory.principals.find(({ id }) => id === wanted),
    },
    people: {
      find: async (id: PersonId) => person(id),
      list: async () => memory.people,
      byEmail,
      ensure: byEmail,
    },
    grants: {
      insert: async (grant: NewGrant) => {
        memory.grants.set(grant.approval, grant);
        return grant;
      },
    },
    policies: policiesIn(memory),
    approvals: approvalsIn(memory, person),
  };
  // Whatever the use cases under test do not call is not here; calling it fails the script loudly.
  const partial = tx as unknown as Tx;
  return { ...partial, transaction: (work) => work(partial) };
}

function policiesIn({ policies }: Memory) {
  const write = async (policy: Policy) => {
    policies.set(policy.uri, policy);
    return policy;
  };
  return {
    lockAll: async () => {},
    recordChange: async () => {},
    list: async () => [...policies.values()],
    covering: async () => createPolicyIndex([...policies.values()]),
    coveringRequest: async () => createPolicyIndex([...policies.values()]),
    lock: async (uri: string) => policies.get(uri),
    insert: (id: PolicyId, rules: PolicyRules) => write({ ...rules, id, version: 1 }),
    replace: ({ id, version }: Policy, rules: PolicyRules) =>
      write({ ...rules, id, version: version + 1 }),
  };
}

function approvalsIn(
  { approvals, votes, principals, grants }: Memory,
  person: (id: PersonId) => Person | undefined,
) {
  const pending = (id: ApprovalId) => {
    const approval = approvals.get(id);
    return approval?.status === 'pending' ? approval : undefined;
  };
  const write = (approval: Approval) => {
    approvals.set(approval.id, approval);
    return approval;
  };
  const requested = ({ ttl, ...rest }: NewApproval): Approval => {
    const principal = principals.find(({ id }) => id === rest.principal);
    const owner = principal && person(principal.owner);
    if (!principal || !owner) throw new Error('the request has no known principal');
    const requester = { name: principal.name, owner: owner.id, ownerEmail: owner.email };
    const expiresAt = new Date(NOW.getTime() + ttl);
    return {
      ...rest,
      requester,
      timesRequested: 1,
      createdAt: NOW,
      expiresAt,
      status: 'pending',
    };
  };
  const same = (one: Approval, { principal, operation, duration, resources }: NewApproval) =>
    one.status === 'pending' &&
    one.principal === principal &&
    one.operation === operation &&
    one.duration === duration &&
    one.resources.join() === resources.join();

  const settle = async (id: ApprovalId, { by, reason, ...outcome }: Settlement) => {
    const approval = pending(id);
    const settler = person(by);
    if (!approval || !settler || approval.expiresAt <= NOW) return undefined;
    const settledBy = { id: by, email: settler.email };
    return write({ ...approval, ...outcome, settledAt: NOW, settledBy, decisionReason: reason });
  };

  return {
    lock: async (id: ApprovalId) => approvals.get(id),
    requestState: async () => ({
      now: NOW,
      pending: 0,
      lastHour: 0,
      retryAfter: 0,
      pendingDurations: [],
      // The model revokes no key.
      keyLive: true,
      overdue: true,
      automatic: { resources: 0, retryAfter: 0 },
    }),
    open: async () => [...approvals.values()].filter(({ status }) => status === 'pending'),
    votes: async (id: ApprovalId) => votes.filter(({ approval }) => approval === id),
    addVote: async (vote: Vote) => void votes.push(vote),

    async ballot(id: ApprovalId, by: DecidingAs) {
      const cast = votes.filter(({ approval }) => approval === id);
      const mayAct = person(by.person)?.active === true;
      return {
        now: NOW,
        mayAct,
        votes: cast,
        voters: cast.flatMap((vote) => person(vote.person) ?? []),
      };
    },

    async settleByVote({ vote, settlement, grant }: SettlingVote) {
      const settled = await settle(vote.approval, settlement);
      if (settled) votes.push(vote);
      if (settled && grant) grants.set(grant.approval, grant);
      return settled;
    },

    settle,

    async insertPending(newApproval: NewApproval) {
      const known = [...approvals.values()].find((one) => same(one, newApproval));
      if (known)
        return {
          approval: write({ ...known, timesRequested: known.timesRequested + 1 }),
          repeated: true,
        };
      return { approval: write(requested(newApproval)), repeated: false };
    },

    async rebind(id: ApprovalId, policy: Policy, digest: string) {
      const approval = pending(id);
      if (!approval) return undefined;
      votes.splice(0, votes.length, ...votes.filter((vote) => vote.approval !== id));
      return write({ ...approval, policy: policy.id, policyVersion: policy.version, digest });
    },

    async expireDue() {
      const due = [...approvals.values()].filter(
        (one) => one.status === 'pending' && one.expiresAt <= NOW,
      );
      return due.map((one) => write({ ...one, status: 'expired', settledAt: NOW }));
    },
  };
}

/** The request expires, although the job has not run yet. */
export function runOut({ approvals }: Memory, id: ApprovalId): void {
  const approval = approvals.get(id);
  if (approval?.status === 'pending') approvals.set(id, { ...approval, expiresAt: LONG_AGO });
}

/** As the store reads it: by the clock. */
export function shownStatus({ approvals }: Memory, id: ApprovalId): string {
  const approval = approvals.get(id);
  if (approval?.status === 'pending' && approval.expiresAt <= NOW) return 'expired';
  return approval?.status ?? 'missing';
}
