/** What `vsecure doctor` looks at in a database server. Writes nothing. */

import type { DataSource } from 'typeorm';
import { LOST_SETTINGS } from './client.js';
import { first, sqlOn } from './sql.js';

export interface ServerFacts {
  /** Such as `18.4`. */
  readonly version: string;
  readonly major: number;
  readonly now: Date;
  readonly encoding: string;
  /** Settings of the server that are off although a power cut then damages or loses what was committed. */
  readonly unsafe: readonly string[];
  /** Settings that a session of vsecure has lost since it began. */
  readonly lost: readonly string[];
  /** Connections that the server has for all its clients that are not superusers. */
  readonly connections: number;
}

interface Row {
  readonly version: string;
  readonly number: number;
  readonly now: Date;
  readonly encoding: string;
  readonly unsafe: readonly string[];
  readonly connections: number;
}

/** Throws what the driver throws, or UnavailableError. */
export async function readServerFacts(dataSource: DataSource): Promise<ServerFacts> {
  const sql = sqlOn(dataSource);
  const lost = await sql<{ name: string }>(LOST_SETTINGS);
  const row = first(
    await sql<Row>(
      `select current_setting('server_version') as version, current_setting('server_version_num')::int as number,
         clock_timestamp() as now, pg_encoding_to_char(encoding) as encoding,
         array(select name from pg_settings where name in ('fsync', 'full_page_writes') and setting = 'off' order by name) as unsafe,
         current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as connections
       from pg_database where datname = current_database()`,
    ),
  );
  if (!row) throw new Error('the server knows nothing about this database');
  const { number, version, ...rest } = row;
  return {
    ...rest,
    // Debian adds the version of its package in brackets.
    version: version.replace(/ .*/, ''),
    major: Math.floor(number / 10_000),
    lost: lost.map(({ name }) => name),
  };
}
