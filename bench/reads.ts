/** Audited reads at the use case, against the minimum that any audit costs: a transaction that inserts one row. */
import pg from 'pg';
import type { Caller } from '../src/domain/rights.js';
import { DatabaseClient, prepareSession } from '../src/store/client.js';
import { unwrap } from '../test/support/services.js';
import { rates } from './measure.js';
import { line, title } from './report.js';
import type { Stage } from './stage.js';

const MANY = 32;

/** A caller with an active grant, and the resource of the grant. */
interface Reader {
  readonly caller: Caller;
  readonly resource: string;
}

export async function benchReads(stage: Stage): Promise<void> {
  const readers = await openReaders(stage, MANY);
  const floor = await openFloor(stage);
  title('audited reads at the use case against one INSERT with its COMMIT (operations a second)');
  await compare('1 caller', 1, floor.insert, readOf(stage, readers.slice(0, 1)));
  await compare('32 callers, one secret', MANY, floor.insert, readOf(stage, readers.slice(0, 1)));
  await compare('32 callers, 32 secrets', MANY, floor.insert, readOf(stage, readers));
  await floor.close();
}

async function compare(name: string, callers: number, insert: Work, read: Work): Promise<void> {
  const measured = await rates(callers, { insert, read });
  line(name, measured.insert, measured.read, measured.read / measured.insert);
}

type Work = () => Promise<unknown>;

/** Takes the readers in turn. */
function readOf({ useCases }: Stage, readers: readonly Reader[]): Work {
  let next = 0;
  return async () => {
    const reader = readers[next++ % readers.length];
    if (!reader) throw new Error('there is no reader');
    unwrap(await useCases.readSecret(reader.caller, { resource: reader.resource }));
  };
}

/** Readers with one secret and one grant each, and one key each unless `only` is given. */
export async function openReaders(
  stage: Stage,
  count: number,
  only?: Caller,
): Promise<readonly Reader[]> {
  const readers: Reader[] = [];
  for (let place = 0; place < count; place += 1) {
    const resource = `vsecure://secrets/production/KEY_${place}`;
    await stage.secret('a secret value', resource);
    const caller = only ?? (await stage.agent(`agent-${place}`)).caller;
    const { id } = await stage.ask(caller, { resources: [resource] });
    await stage.approve(id);
    readers.push({ caller, resource });
  }
  return readers;
}

/** As many connections as callers, so that Postgres can flush their commits together. */
export function openPool(connection: Stage['connection']): pg.Pool {
  const pool = new pg.Pool({
    ...connection,
    max: MANY,
    Client: DatabaseClient,
    async onConnect(client) {
      if (client instanceof DatabaseClient) await prepareSession(client);
    },
  });
  pool.on('error', () => {}); // The server may be gone before idle connections are.
  return pool;
}

export async function openFloor({ connection }: Stage) {
  const pool = openPool(connection);
  await pool.query(
    'create table if not exists floor (id bigint generated always as identity, body text)',
  );
  return {
    async insert(): Promise<void> {
      const client = await pool.connect();
      try {
        await client.query('begin');
        await client.query('insert into floor (body) values ($1)', ['a secret was read']);
        await client.query('commit');
      } finally {
        client.release();
      }
    },
    close: () => pool.end(),
  };
}
