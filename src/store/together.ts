/**
 * Commits transactions of one kind that arrive together in one transaction, as reads are. Each runs its own rules; the statements of all of
 * them are made in one (`group-tx.ts`). A lone transaction is sent by itself.
 */

import { AsyncResource } from 'node:async_hooks';
import { setImmediate as turn } from 'node:timers/promises';
import type { Together, Tx } from '../ports/index.js';
import { UnavailableError } from '../ports/unavailable.js';

/** The most transactions in one group: those that arrived while earlier ones were being committed. */
const GROUP_MAX = 64;
/** Groups and lone transactions of one kind that run beside each other. More would only wait for the head of the audit chain. */
const BESIDE = 2;
/** Milliseconds after which the next one starts although an earlier one has not ended: one that waits for a lock stops no others. */
const SLOW = 250;

type Work<T> = (tx: Tx) => Promise<T>;

export interface Member {
  /** Two members with the same are never judged beside each other. */
  readonly of: string;
  /** Runs the rules. Resolves with what answers the caller after the commit. */
  readonly run: (tx: Tx) => Promise<() => void>;
}

/** A member with what happens when the group cannot do its work. */
interface Waiting extends Member {
  readonly alone: () => Promise<void>;
  readonly reject: (error: unknown) => void;
}

export interface TogetherParts {
  readonly alone: <T>(work: Work<T>) => Promise<T>;
  /** Commits the members' work in one transaction. Resolves with the members that need a transaction of their own: they wrote nothing. */
  readonly commit: <M extends Member>(members: readonly M[]) => Promise<readonly M[]>;
}

export function createTogether({ alone, commit }: TogetherParts) {
  const kinds = new Map<string, Kind>();

  const commitGroup = async (members: readonly Waiting[]): Promise<void> => {
    try {
      await Promise.all((await commit(members)).map((member) => member.alone()));
    } catch (error) {
      // When the answer to COMMIT was lost, the outcome is unknown. Otherwise nothing was committed: one that fails fails no others.
      if (error instanceof UnavailableError && !error.undone)
        for (const { reject } of members) reject(error);
      else await Promise.all(members.map((member) => member.alone()));
    }
  };

  const run = async (kind: Kind) => {
    kind.running += 1;
    // Yields to the event loop, so that those that arrive at the same moment join the group.
    await turn();
    for (let members = takeGroup(kind); members.length > 0; members = takeGroup(kind)) {
      const [first, ...others] = members;
      const ended = first && others.length === 0 ? first.alone() : commitGroup(members);
      await endedOrSlow(
        ended.finally(() => {
          for (const { of } of members) kind.busy.delete(of);
          // Others of the same subject may have waited for this group only, and no other run would take them.
          if (kind.waiting.length > 0 && kind.running < BESIDE) void run(kind);
        }),
        SLOW,
      );
      await turn();
    }
    kind.running -= 1;
  };

  return <T>(given: Work<T>, { kind: name, of }: Together): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const kind = kinds.get(name) ?? { waiting: [], busy: new Set(), running: 0 };
      kinds.set(name, kind);
      // The group runs in the context of another caller.
      const work = AsyncResource.bind(given);
      kind.waiting.push({
        of,
        reject,
        alone: () => alone(work).then(resolve, reject),
        async run(tx) {
          const answer = await work(tx);
          return () => resolve(answer);
        },
      });
      if (kind.running < BESIDE) void run(kind);
    });
}

/** What waits, and which subjects are in a group that has not ended. */
interface Kind {
  readonly waiting: Waiting[];
  readonly busy: Set<string>;
  running: number;
}

/** The first that wait, but for those whose subject is in another group: they would only wait for its locks. */
function takeGroup({ waiting, busy }: Kind): readonly Waiting[] {
  const free = waiting.filter(({ of }) => !busy.has(of)).slice(0, GROUP_MAX);
  const taken = new Set(free);
  waiting.splice(0, waiting.length, ...waiting.filter((one) => !taken.has(one)));
  for (const { of } of free) busy.add(of);
  return free;
}

/** Resolves when the work has ended, or after `ms` milliseconds. */
export function endedOrSlow(work: Promise<unknown>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    void work.finally(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** The first round has one member of each subject, the second round the next of each, and so on. */
export function roundsOf<M extends Member>(members: readonly M[]): readonly (readonly M[])[] {
  const rounds: M[][] = [];
  const seen = new Map<string, number>();
  for (const member of members) {
    const place = seen.get(member.of) ?? 0;
    seen.set(member.of, place + 1);
    const round = rounds[place] ?? [];
    rounds[place] = round;
    round.push(member);
  }
  return rounds;
}
