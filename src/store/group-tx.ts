/** The transaction of a group: what requests and decisions do is done for all members in one statement; everything else needs a transaction of its own. */

import type { Reads, Tx } from '../ports/index.js';
import {
  insertPending,
  lockApprovals,
  type NewRow,
  readBallots,
  settleByVotes,
} from './approval-writes.js';
import { liveGrants } from './grants.js';
import { type Claim, claimAnswers } from './idempotency.js';
import { policiesCovering, policiesOfRequests } from './policies.js';
import { lockActive } from './principals.js';
import { readRequestStates } from './request-counts.js';
import type { Sql } from './sql.js';

/** Thrown by what a group cannot do. */
export class NeedsOwnTransaction extends Error {
  override readonly name = 'NeedsOwnTransaction';
}

const needsOwn = (): never => {
  throw new NeedsOwnTransaction();
};

/** Statements for the members of one round, which run side by side. */
export type GroupStatements = ReturnType<typeof groupStatements>;

/** In the order in which statements of one wait are sent: locks first, so that what is read after them is recent. */
export function groupStatements(sql: Sql) {
  const batch = createBatches();
  // Another transaction may hold a lock for long, and the members must not wait for it.
  const free = { skipLocked: true };
  return {
    claim: batch((claims: readonly Claim[]) => claimAnswers(sql, claims)),
    lockActive: batch((ids: Parameters<typeof lockActive>[1]) => lockActive(sql, ids, free)),
    lock: batch((ids: Parameters<typeof lockApprovals>[1]) => lockApprovals(sql, ids, free)),
    ballot: batch((asked: Parameters<typeof readBallots>[1]) => readBallots(sql, asked)),
    // One index for all: it may hold policies that do not cover what a member asks for.
    covering: batch(async (lists: readonly (readonly string[])[]) => {
      const index = await policiesCovering(sql, lists.flat());
      return lists.map(() => index);
    }),
    coveringRequest: batch(async (ids: Parameters<typeof policiesOfRequests>[1]) => {
      const index = await policiesOfRequests(sql, ids);
      return ids.map(() => index);
    }),
    requestState: batch((requests: Parameters<typeof readRequestStates>[1]) =>
      readRequestStates(sql, requests),
    ),
    live: batch((ids: Parameters<typeof liveGrants>[1]) => liveGrants(sql, ids)),
    insertPending: batch((rows: readonly NewRow[]) => insertPending(sql, rows)),
    settleByVote: batch((settling: Parameters<typeof settleByVotes>[1]) =>
      settleByVotes(sql, settling),
    ),
  };
}

/** `own`: the transaction as if it were the member's own. `toRow` completes a new approval with the member's origin. */
export function groupTx(
  own: Tx,
  reads: Reads,
  all: GroupStatements,
  toRow: (request: Parameters<Tx['approvals']['insertPending']>[0]) => NewRow,
): Tx {
  let wrote = false;
  const write = <A>(answer: Promise<A>): Promise<A> => {
    wrote = true;
    return answer;
  };
  const leaving = (name: string | symbol) =>
    wrote
      ? () => {
          throw new Error(`a member of a group has written, and needs ${String(name)}`);
        }
      : needsOwn;
  const found = async <A>(answer: Promise<A | undefined>): Promise<A> =>
    (await answer) ?? needsOwn();
  const other = withoutWrites(own, reads, leaving);
  const together: Partial<Tx> = {
    idempotency: {
      ...other('idempotency'),
      claim: (principal, key, fingerprint) => all.claim({ principal, key, fingerprint }),
      // Both are late writes.
      save: own.idempotency.save,
      release: own.idempotency.release,
    },
    principals: { ...other('principals'), lockActive: (id) => found(all.lockActive(id)) },
    policies: {
      ...other('policies'),
      covering: (resources) => all.covering(resources),
      coveringRequest: (id) => all.coveringRequest(id),
    },
    grants: { ...other('grants'), live: (id) => all.live(id) },
    approvals: {
      ...other('approvals'),
      lock: (id) => found(all.lock(id)),
      ballot: (id, by) => all.ballot({ id, by }),
      requestState: (principal, keyId, request) =>
        all.requestState({ ...request, principal, keyId }),
      insertPending: (request) => write(all.insertPending(toRow(request))),
      settleByVote: (settling) => write(all.settleByVote(settling)),
    },
  };
  return new Proxy(own, {
    get: (_, name: keyof Tx) => together[name] ?? other(name),
  });
}

/** Reads stay, late writes stay, and every other write leaves the group. Made when it is asked for: a member uses few of the repositories. */
function withoutWrites(own: Tx, reads: Reads, leaving: (name: string | symbol) => () => never) {
  const leave = (repository: object) =>
    new Proxy(repository, { get: (_, name) => () => leaving(name)() });
  return <Name extends keyof Tx>(name: Name): Tx[Name] => {
    const value = own[name];
    if (typeof value !== 'object') return value;
    const readers: unknown = Reflect.get(reads, name);
    return { ...leave(value), ...(typeof readers === 'object' ? readers : {}) } as Tx[Name];
  };
}

/** Collects questions until the event loop turns, and asks all of a kind at once, kind by kind in the order of their creation. */
function createBatches() {
  const flushes: (() => void)[] = [];
  let scheduled = false;
  const schedule = () => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      for (const flush of flushes) flush();
    });
  };
  return <Q, A>(ask: (questions: readonly Q[]) => Promise<readonly A[]>) => {
    let waiting: Question<Q, A>[] = [];
    flushes.push(() => {
      if (waiting.length === 0) return;
      const asked = waiting;
      waiting = [];
      ask(asked.map(({ question }) => question)).then(
        (answers) => {
          for (const [place, { resolve, reject }] of asked.entries()) {
            if (place in answers) resolve(answers[place] as A);
            else reject(new Error('a statement of a group gave too few answers'));
          }
        },
        (error: unknown) => {
          for (const { reject } of asked) reject(error);
        },
      );
    });
    return (question: Q): Promise<A> =>
      new Promise((resolve, reject) => {
        waiting.push({ question, resolve, reject });
        schedule();
      });
  };
}

interface Question<Q, A> {
  readonly question: Q;
  readonly resolve: (answer: A) => void;
  readonly reject: (error: unknown) => void;
}
