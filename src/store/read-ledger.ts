/**
 * Reads of values, committed in groups: one transaction checks every grant, counts the uses, appends all events (refusals too)
 * and fetches the ciphertexts. Many callers share one COMMIT; a refused read never fails its neighbours.
 */

import type { DataSource } from 'typeorm';
import type { ChainHash, OpenedRead, ReadLedger, ReadRequest } from '../domain/ports.js';
import type { Result } from '../domain/result.js';
import { appendEvents } from './audit-chain.js';
import { countUses, lockGrants } from './ledger-grants.js';
import { lookUp, type Sighting } from './ledger-lookup.js';
import { readEvent, settle } from './ledger-outcome.js';
import { sqlIn } from './sql.js';

/** Reads in one transaction at the most: what came while the one before was being committed. */
const BATCH_MAX = 256;

interface Waiting {
  readonly read: ReadRequest;
  readonly resolve: (result: Result<OpenedRead>) => void;
  readonly reject: (error: unknown) => void;
}

/** `installation` is part of what sealed values are bound to. */
export function createReadLedger(
  dataSource: DataSource,
  chain: ChainHash,
  installation: string,
): ReadLedger {
  const queue: Waiting[] = [];
  let running = false;

  const commit = (reads: readonly ReadRequest[]) =>
    dataSource.transaction('READ COMMITTED', async (manager) => {
      const sql = sqlIn(manager);
      const sightings = await lookUp(sql, reads);
      const uses = await lockGrants(sql, sightings);
      const counted = await countUses(sql, uses);
      const outcomes = sightings.map((sighting: Sighting) =>
        settle(sighting, uses, counted, installation),
      );
      await appendEvents(sql, chain, outcomes.map(readEvent));
      return outcomes;
    });

  const run = async () => {
    running = true;
    while (queue.length > 0) {
      const batch = queue.splice(0, BATCH_MAX);
      try {
        const outcomes = await commit(batch.map(({ read }) => read));
        batch.forEach(({ resolve, reject }, place) => {
          const outcome = outcomes[place];
          if (outcome) resolve(outcome.result);
          else reject(new Error('a read got no outcome'));
        });
      } catch (error) {
        // Also when only the answer to COMMIT was lost: better a recorded read without a value than a value without a record.
        for (const { reject } of batch) reject(error);
      }
    }
    running = false;
  };

  return {
    open: (read) =>
      new Promise((resolve, reject) => {
        queue.push({ read, resolve, reject });
        if (!running) void run();
      }),
  };
}
