/** The settings of a database session that vsecure depends on. A database or a role may set others for new sessions (`ALTER DATABASE … SET`, `ALTER ROLE … SET`). https://www.postgresql.org/docs/18/runtime-config-client.html */

/** Times in milliseconds; 0 is no limit. */
export interface SessionTimeouts {
  /** After this, Postgres cancels a statement, also one that waits for a lock. */
  readonly statement: number;
  /** After this, Postgres ends a connection whose transaction is idle. */
  readonly idleInTransaction: number;
}

/** Without the timeouts. `lock_timeout` is off because the statement's timeout includes waits for locks. */
const SETTINGS: Readonly<Record<string, string>> = {
  DateStyle: 'ISO, MDY',
  TimeZone: 'UTC',
  IntervalStyle: 'postgres',
  extra_float_digits: '1',
  bytea_output: 'hex',
  standard_conforming_strings: 'on',
  array_nulls: 'on',
  transform_null_equals: 'off',
  client_encoding: 'UTF8',
  search_path: '"$user", public',
  synchronous_commit: 'on',
  default_transaction_isolation: 'read committed',
  default_transaction_read_only: 'off',
  default_transaction_deferrable: 'off',
  exit_on_error: 'off',
  lock_timeout: '0',
  transaction_timeout: '0',
  idle_session_timeout: '0',
};

/**
 * The first statement of every connection. Names that the server does not know are left out. `DATABASE_URL` may name another
 * `search_path` in its `options`, and that one stays. A statement works behind poolers that refuse startup parameters.
 */
export const setSession = (timeouts: SessionTimeouts): string =>
  `select pg_catalog.set_config(w.name, w.value, false) ${wanted(timeouts)}`;

/** Selects as `name` each setting that this session should have and does not have. */
export const differingSettings = (timeouts: SessionTimeouts): string =>
  `select w.name ${wanted(timeouts)} and s.setting <> w.value`;

function wanted({ statement, idleInTransaction }: SessionTimeouts): string {
  const settings = {
    ...SETTINGS,
    statement_timeout: String(statement),
    idle_in_transaction_session_timeout: String(idleInTransaction),
  };
  const values = Object.entries(settings).map(([name, value]) => `('${name}', '${value}')`);
  return `from (values ${values.join(', ')}) as w(name, value) join pg_catalog.pg_settings s on s.name = w.name
    where (w.name <> 'search_path' or s.source <> 'client')`;
}
