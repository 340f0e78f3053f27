/**
 * Reads of values, committed in groups: one transaction checks every grant, counts the uses, appends all events (refusals too)
 * and fetches the ciphertexts. Many callers share one COMMIT; a refused read never fails its neighbours.
 */

import { setImmediate as turn } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { mostCovering } from '../domain/pattern.js';
import type { Result } from '../domain/result.js';
import type { ChainHash, OpenedRead, ReadLedger, ReadRequest } from '../ports/index.js';
import { appendAfter, toHead } from './audit-chain.js';
import { createSettle, type Outcome, readEvent } from './ledger-outcome.js';
import { type GroupedRead, openGroup, type SeenRow } from './ledger-statement.js';
import { preparedTransaction } from './prepared-transaction.js';
import { endedOrSlow } from './together.js';

/** The most reads in one transaction: those that arrived while the previous group was being committed. */
const GROUP_MAX = 256;

/** Milliseconds after which the next group starts although this one has not ended: one frozen connection does not stop other reads. */
const SLOW = 1_000;
/** The most groups that run beside each other, each on a connection of the pool. */
const SLOW_MAX = 4;

/** The most patterns in one transaction, counted by segments: a name of eight segments has 511, an ordinary one fewer than 16. */
const PATTERNS_MAX = 4096;

interface Waiting {
  readonly read: ReadRequest;
  readonly resolve: (result: Result<OpenedRead>) => void;
  readonly reject: (error: unknown) => void;
}

/** Sealed values are bound to `installation`, among other things. `onCommit` is called for each read that was committed. */
export function createReadLedger(
  dataSource: DataSource,
  chain: ChainHash,
  installation: string,
  onCommit: () => void = () => {},
): ReadLedger {
  const queue: Waiting[] = [];
  let running = false;

  const commit = (reads: readonly ReadRequest[]): Promise<readonly Outcome[]> =>
    preparedTransaction(dataSource, async (sql) => {
      const { grouped, places } = gather(reads);
      const rows = await openGroup(sql, grouped);
      const settle = createSettle(installation);
      const outcomes = reads.map((read, at) => settle(read, rowAt(rows, places[at])));
      const last = appendAfter(toHead(rowAt(rows, 0)), sql, chain, outcomes.map(readEvent));
      return { answer: outcomes, last };
    });

  const commitGroup = async (group: readonly Waiting[]) => {
    try {
      const outcomes = await commit(group.map(({ read }) => read));
      for (const [place, { result }] of outcomes.entries()) group[place]?.resolve(result);
    } catch (error) {
      // Also when only the answer to COMMIT was lost: a recorded read without a value is better than a value without a record.
      for (const { reject } of group) reject(error);
    }
  };

  const run = async () => {
    running = true;
    // Yields to the event loop, so that callers who read at the same moment join the group: a larger group is cheaper.
    for (await turn(); queue.length > 0; await turn())
      await commitBeside(commitGroup(queue.splice(0, groupSize(queue))));
    running = false;
  };

  const slow = new Set<Promise<void>>();
  const commitBeside = async (group: Promise<void>) => {
    slow.add(group);
    await endedOrSlow(
      group.finally(() => slow.delete(group)),
      SLOW,
    );
    if (slow.size >= SLOW_MAX) await Promise.race(slow);
  };

  return {
    async open(read) {
      const result = await new Promise<Result<OpenedRead>>((resolve, reject) => {
        queue.push({ read, resolve, reject });
        if (!running) void run();
      });
      onCommit();
      return result;
    },
  };
}

/** The number of reads at the head of the queue that one transaction can take: one at least. */
function groupSize(queue: readonly Waiting[]): number {
  let patterns = 0;
  const end = queue.findIndex(({ read }, place) => {
    patterns += mostCovering(read.resource);
    return place === GROUP_MAX || (place > 0 && patterns > PATTERNS_MAX);
  });
  return end === -1 ? queue.length : end;
}

/** Equal reads share one row of the statement. `places` holds, for each read, the index of its row. */
function gather(reads: readonly ReadRequest[]) {
  const grouped: GroupedRead[] = [];
  const placeOf = new Map<string, number>();
  const places = reads.map((read) => {
    // Neither ids nor resources contain a space.
    const key = `${read.principal} ${read.resource} ${read.version ?? ''}`;
    const place = placeOf.get(key) ?? grouped.push({ read, count: 0 }) - 1;
    placeOf.set(key, place);
    const shared = grouped[place];
    if (shared) shared.count += 1;
    return place;
  });
  return { grouped, places };
}

function rowAt(rows: readonly SeenRow[], place = -1): SeenRow {
  const row = rows[place];
  if (!row) throw new Error('a read has no row');
  return row;
}
