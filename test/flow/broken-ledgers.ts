/** Ledgers that believe another clock than the database's. A check that passes on one of these is not worth having. */

import type { DataSource } from 'typeorm';
import { ok } from '../../src/domain/result.js';
import type { OpenedRead, ReadLedger } from '../../src/ports/index.js';
import { openDatabase } from '../../src/store/database.js';
import { sqlOn } from '../../src/store/sql.js';
import type { TestDatabase } from '../support/database.js';

/** Asks the real ledger once for each grant, and has a timer of this process forget the answer when the grant ends. */
export function createTimerLedger(ledger: ReadLedger): ReadLedger {
  const known = new Map<string, OpenedRead>();
  return {
    async open(read) {
      const kept = known.get(read.principal);
      if (kept) return ok(kept);
      const answer = await ledger.open(read);
      if (answer.ok) {
        known.set(read.principal, answer.value);
        setTimeout(() => known.delete(read.principal), answer.value.remainingMs);
      }
      return answer;
    },
  };
}

/** Connects to the database so that its clock stands still while a transaction lasts, as now() does. */
export async function withFrozenClock({ dataSource, url }: TestDatabase): Promise<DataSource> {
  const sql = sqlOn(dataSource);
  await sql(
    `create function public.clock_timestamp() returns timestamptz language sql stable as 'select now()'`,
  );
  const options = encodeURIComponent('-c search_path=public,pg_catalog');
  return openDatabase({ url: `${url}?options=${options}` });
}
