/** Elects the one process that runs a scheduled job at a given time: the process that inserts the job's row. */

import type { DataSource } from 'typeorm';
import type { JobRuns } from '../ports/index.js';
import { sqlOn } from './sql.js';

/** `owner` names this process, for an operator who reads the table. */
export function createJobRuns(dataSource: DataSource, owner: string): JobRuns {
  const sql = sqlOn(dataSource);
  return {
    async claim(key) {
      const claimed = await sql(
        'insert into job_run (key, owner) values ($1, $2) on conflict do nothing returning key',
        [key, owner],
      );
      return claimed.length === 1;
    },

    async finished(key) {
      await sql('update job_run set finished_at = clock_timestamp() where key = $1', [key]);
    },

    async forget() {
      await sql(`delete from job_run where started_at < clock_timestamp() - interval '1 day'`);
    },
  };
}
