/** The content of a person's App Home, and which Homes are kept up to date. */

import type { Approval } from '../../domain/approval.js';
import type { Grant } from '../../domain/grant.js';
import { DAY, PAGE_MAX } from '../../domain/limits.js';
import type { Person, PersonId } from '../../domain/person.js';
import type { Policy } from '../../domain/policy/policy.js';
import { mostUrgentFirst, type RiskSignal } from '../../domain/risk-signals.js';
import { ownVisibility, type VisibilityScope } from '../../domain/visibility.js';
import type { Verdict } from '../../domain/vocabulary.js';
import type { AccessMetrics, OpenedHome, Store } from '../../ports/index.js';
import { personVisibility } from '../authorization/viewer.js';
import { readRisks } from './request-risks.js';

/** A request that this person may decide now. */
export interface PendingRequest {
  readonly approval: Approval;
  readonly policy: Policy;
  /** What to check, most serious first. */
  readonly signals: readonly RiskSignal[];
}

export interface GrantWithApproval {
  readonly grant: Grant;
  readonly approval: Approval;
}

export interface Decided {
  readonly approval: Approval;
  readonly verdict: Verdict;
}

/** The first items of a list, and the total number. */
export interface Truncated<T> {
  readonly items: readonly T[];
  readonly total: number;
  /** True when there may be more than `total`. */
  readonly atLeast: boolean;
}

export interface HomeFacts {
  /** See `mostUrgentFirst`. */
  readonly pending: Truncated<PendingRequest>;
  /** Grants that this person may revoke, the newest first. */
  readonly activeGrants: Truncated<GrantWithApproval>;
  readonly decided: readonly Decided[];
  /** Metrics of the last 7 days. */
  readonly metrics: AccessMetrics;
  readonly now: Date;
}

export interface HomeUseCases {
  recordOpened(person: Person, userId: string): Promise<void>;
  /** Undefined when the person has never opened the Home. */
  find(person: PersonId): Promise<OpenedHome | undefined>;
  /** After this call, a change of the facts marks the Home as due. */
  read(person: Person): Promise<HomeFacts>;
  recordDrawn(person: PersonId, hash: string | undefined): Promise<void>;
  close(person: PersonId): Promise<void>;
}

/** Items in each list. All lists together fit into one Slack view. */
const SHOWN = { waiting: 10, inForce: 10, decided: 8 } as const;

export function createHome(store: Store, defaultApprovers: readonly string[]): HomeUseCases {
  const visibilityFor = (person: Person) => personVisibility({ store, defaultApprovers }, person);
  return {
    recordOpened: (person, userId) =>
      store.transaction((tx) => tx.appHomes.recordOpened(person.id, userId)),
    find: (person) => store.appHomes.find(person),
    recordDrawn: (person, hash) => store.transaction((tx) => tx.appHomes.recordDrawn(person, hash)),
    close: (person) => store.transaction((tx) => tx.appHomes.close(person)),

    async read(person) {
      const own = await visibilityFor(person);
      const all = ownVisibility(true, []);
      const revocable = person.role === 'admin' ? all : own;
      const now = await store.now();
      // Watch before reading, so that no change between the two is missed.
      await store.transaction((tx) => tx.appHomes.watch(person.id, revocable));
      return {
        pending: await waiting(store, own, person, now),
        activeGrants: await inForce(store, revocable),
        decided: await decided(store, person),
        metrics: await store.metrics.access(person.role === 'member' ? own : all, {
          since: new Date(now.getTime() - 7 * DAY),
        }),
        now,
      };
    },
  };
}

async function waiting(
  store: Store,
  visibility: VisibilityScope,
  person: Person,
  now: Date,
): Promise<Truncated<PendingRequest>> {
  const voter = { person: person.id, voted: false };
  const page = await store.approvals.list(
    { status: 'pending', visibility, voter },
    { limit: PAGE_MAX },
  );
  const open = page.items.flatMap((approval) => {
    const policy = visibility.deciding(approval.resources, approval.createdAt);
    const own = approval.requester.owner === person.id;
    const mine = policy && (!own || policy.allowSelfApproval) && now < approval.expiresAt;
    return mine ? [{ approval, policy }] : [];
  });
  open.sort((a, b) => mostUrgentFirst(a.approval, b.approval));
  const { items, ...counts } = clipped(open, SHOWN.waiting, page.next !== undefined);
  return { ...counts, items: await withSignals(store, items, now) };
}

/** One after another: a Home that no person waits for must not take all connections to the database. */
async function withSignals(
  store: Store,
  requests: readonly Omit<PendingRequest, 'signals'>[],
  now: Date,
): Promise<readonly PendingRequest[]> {
  const found: PendingRequest[] = [];
  for (const { approval, policy } of requests) {
    const policies = await store.policies.covering(approval.resources);
    const signals = await readRisks(store, approval, policies, policy, now);
    found.push({ approval, policy, signals });
  }
  return found;
}

async function inForce(
  { grants, approvals }: Store,
  visibility: VisibilityScope,
): Promise<Truncated<GrantWithApproval>> {
  const page = await grants.list({ activeOnly: true, visibility }, { limit: PAGE_MAX });
  const { items, ...counts } = clipped(page.items, SHOWN.inForce, page.next !== undefined);
  const found = await Promise.all(items.map(({ approval }) => approvals.find(approval)));
  return {
    ...counts,
    items: items.flatMap((grant, place) => {
      const approval = found[place];
      return approval ? [{ grant, approval }] : [];
    }),
  };
}

async function decided({ approvals }: Store, person: Person): Promise<readonly Decided[]> {
  const voter = { person: person.id, voted: true };
  const { items } = await approvals.list({ voter }, { limit: SHOWN.decided });
  return Promise.all(
    items.map(async (approval) => {
      const votes = await approvals.votes(approval.id);
      const own = votes.find((vote) => vote.person === person.id);
      return { approval, verdict: own?.verdict ?? 'approve' };
    }),
  );
}

const clipped = <T>(all: readonly T[], most: number, atLeast: boolean): Truncated<T> => ({
  items: all.slice(0, most),
  total: all.length,
  atLeast,
});
