/** The database is down, overloaded, read-only, full or silent: every call is told so, nothing waits for ever, and nothing has to be restarted. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { chainHash } from '../../src/crypto/chain-hash.js';
import { makeId } from '../../src/crypto/ids.js';
import { createReadiness } from '../../src/main/readiness.js';
import { hasChanged, recordCommit, withinRequest } from '../../src/main/request-context.js';
import { UnavailableError } from '../../src/ports/unavailable.js';
import { baseBackup } from '../../src/postgres/base-backup.js';
import { startEmbedded } from '../../src/postgres/embedded.js';
import { openDatabase } from '../../src/store/database.js';
import { createReadLedger } from '../../src/store/read-ledger.js';
import { sqlOn } from '../../src/store/sql.js';
import { createStore } from '../../src/store/store.js';
import { createListener } from '../../src/store/wakeups.js';
import { waitUntil } from '../../src/usecases/wait-until.js';
import { approvedGrant } from '../flow/short-grants.js';
import { type Said, type Serving, startServing } from '../http/serving.js';
import { type OwnPostgres, ownPostgres } from '../support/database.js';
import { type PostgresProxy, postgresProxy } from '../support/postgres-proxy.js';
import { buildServices, DATABASE_URL, REASON, type Services } from '../support/services.js';
import { until } from '../support/until.js';

/** Milliseconds that the product waits for a silent connection in this test. */
const ANSWER_TIMEOUT = 1_500;

let server: OwnPostgres;
let proxy: PostgresProxy;
let services: Services;
let serving: Serving;
let token: string;
beforeAll(async () => {
  server = await ownPostgres({ durable: false });
  proxy = await postgresProxy(server);
  const { connection } = proxy;
  const dataSource = await openDatabase(connection, { answerTimeout: ANSWER_TIMEOUT });
  const close = async () => {
    await dataSource.destroy();
    await proxy.close();
    await server.stop();
  };
  services = await buildServices({ database: { connection, dataSource, close } });
  await services.policy();
  await services.secret('s3cret-value');
  token = (await services.agent()).token;
  const parts = { dataSource, slackOutbox: services.slackOutbox };
  serving = await startServing(services, { ready: createReadiness(parts, undefined) });
});
afterAll(async () => {
  await serving.close();
  await services.close();
});

const sql = (text: string, parameters: unknown[] = []) =>
  sqlOn(services.database.dataSource)<Record<string, string>>(text, parameters);
const whoami = () => serving.api('GET', '/whoami', { token });
const ready = async () => (await serving.say('GET', '/readyz')).json;
const ask = (idempotencyKey = crypto.randomUUID()) =>
  serving.api('POST', '/approvals', {
    token,
    body: { resources: [DATABASE_URL], operation: 'read', reason: REASON, renew: true },
    headers: { 'idempotency-key': idempotencyKey },
  });

function expectUnavailable(said: Said, undone: boolean): void {
  expect(said.status).toBe(503);
  expect(said.json).toMatchObject({ code: 'unavailable', undone });
  expect(Number(said.headers.get('retry-after'))).toBeGreaterThan(0);
}

/** Every insert into the audit trail fails with this SQLSTATE until the test ends. */
async function failWith(code: string): Promise<void> {
  await sql(`create function trouble() returns trigger language plpgsql as
    $$ begin raise exception 'hunter2' using errcode = '${code}'; end $$`);
  await sql(
    'create trigger trouble before insert on audit_event for each row execute function trouble()',
  );
  onTestFinished(async () => void (await sql('drop function trouble() cascade')));
}

describe('a statement that fails because of', () => {
  test.each([
    ['a full disk', '53100'],
    ['too many connections', '53300'],
    ['an administrator who stops the server', '57P01'],
    ['a server that starts', '57P03'],
    ['a read-only server after a failover', '25006'],
    ['a deadlock', '40P01'],
    ['a failed disk', '58030'],
  ])(
    '%s is answered with 503, and the answer says that nothing was changed',
    async (_what, code) => {
      await failWith(code);
      expectUnavailable(await ask(), true);
      expect(serving.logged.join('\n')).not.toContain('hunter2');
    },
  );

  test('anything else is an internal error, and no reason to try again', async () => {
    await failWith('22012');
    expect((await ask()).status).toBe(500);
  });
});

describe('a COMMIT whose answer is lost', () => {
  test('is answered with 503, which says that the outcome is unknown; the same idempotency key then gives the one result', async () => {
    const key = crypto.randomUUID();
    const asked = async () => (await sql(`select id from approval`)).length;
    const before = await asked();
    const cut = proxy.cutNextCommit('after');
    expectUnavailable(await ask(key), false);
    await cut;
    expect((await ask(key)).status).toBe(200);
    expect(await asked()).toBe(before + 1);
  });

  test('is not called undone in a request that had committed before', async () => {
    const { dataSource } = services.database;
    const store = createStore(dataSource, { chain: chainHash, makeId, onCommit: recordCommit });
    await withinRequest({ request: 'r' }, async () => {
      expect(hasChanged()).toBe(false);
      await store.transaction(async () => {});
      expect(hasChanged()).toBe(true);
    });
    expect(new UnavailableError(true, undefined).afterChange().undone).toBe(false);
  });
});

/** Stops the backend as a machine that hangs would. It goes on when the test ends. */
function freeze(pid: number): void {
  process.kill(pid, 'SIGSTOP');
  onTestFinished(() => void process.kill(pid, 'SIGCONT'));
}

describe('a connection that is silent for good', () => {
  test('fails its own statement, and other reads go on meanwhile', async () => {
    const dataSource = await openDatabase(server.connection, { poolSize: 2, answerTimeout: 2_500 });
    onTestFinished(() => dataSource.destroy());
    const runners = [dataSource.createQueryRunner(), dataSource.createQueryRunner()];
    const pids: number[] = [];
    for (const runner of runners)
      pids.push((await runner.query('select pg_backend_pid() as pid'))[0].pid);
    // The pool hands out the connection first that was released last.
    for (const runner of runners) await runner.release();
    freeze(pids[1] ?? 0);

    const { caller } = await services.agent('reader');
    await approvedGrant(services, caller);
    const ledger = createReadLedger(dataSource, chainHash, services.installation);
    const { principal, key } = caller;
    const read = {
      principal: principal.id,
      principalName: principal.name,
      key: key.id,
      resource: DATABASE_URL,
    };
    const silent = ledger.open(read).catch((error: unknown) => error);
    // Reads that arrive in the same turn of the event loop share a transaction.
    await turn();
    await turn();
    const first = await Promise.race([silent, ledger.open(read)]);
    expect(first).toMatchObject({ ok: true });
    expect(await silent).toMatchObject({ code: 'unavailable', undone: true });
    expect(await ledger.open(read)).toMatchObject({ ok: true });
  });

  test('of the listener is replaced, and what was missed is looked for', async () => {
    let looks = 0;
    const look = () => {
      looks += 1;
    };
    const listener = createListener(server.connection, look, { every: 50, timeout: 200 });
    await listener.start();
    onTestFinished(() => listener.stop());
    const [newest] = await sql(
      'select pid from pg_stat_activity where pid <> pg_backend_pid() order by backend_start desc limit 1',
    );
    freeze(Number(newest?.['pid']));
    await until('a new connection', () => looks > 0 && listener.connected);
  });
});

test('a replica, which takes no writes, is not ready, and says so', async () => {
  const { host, port, user } = server;
  const dataDir = `${server.dataDir}-replica`;
  await baseBackup({ host, port, user }, server.dataDir, dataDir);
  writeFileSync(path.join(dataDir, 'standby.signal'), '');
  await using replica = await startEmbedded({ dataDir, durable: false });
  const dataSource = await openDatabase(replica);
  const look = createReadiness({ dataSource, slackOutbox: services.slackOutbox }, undefined);
  expect(await look()).toEqual({ ok: false, database: 'read_only', slack: 'off' });
  await dataSource.destroy();
  expect(await ready()).toMatchObject({ status: 'ok' });
});

describe('a wait', () => {
  const wakeups = { subscribe: () => ({ next: async () => {}, close: () => {} }) };
  const waitFor = (reads: readonly (string | Error)[]) => {
    const left = [...reads];
    const read = async () => {
      const next = left.shift() ?? 'no more';
      if (next instanceof Error) throw next;
      return next;
    };
    const isEnough = (seen: string) => seen === 'approved';
    const clock = { wakeups, stopwatch: () => 0 };
    return waitUntil(clock, { id: makeId('appr'), ms: 60_000, read, isEnough });
  };
  const outage = new UnavailableError(true, new Error('gone'));

  test('goes on when a look meets an outage of the database', async () => {
    expect(await waitFor(['pending', outage, outage, 'approved'])).toBe('approved');
  });

  test('ends on any other error, and when the first look fails', async () => {
    await expect(waitFor(['pending', new Error('a bug'), 'approved'])).rejects.toThrow('a bug');
    await expect(waitFor([outage, 'approved'])).rejects.toThrow('not available');
  });
});

test('calls right after an administrator ended all sessions are answered as if nothing had happened', async () => {
  await Promise.all(Array.from({ length: 12 }, whoami));
  await sql('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()');
  const said = await Promise.all([whoami(), whoami(), whoami()]);
  expect(said.map(({ status }) => status)).toEqual([200, 200, 200]);
});

test('calls that meet nothing but broken connections are answered on new ones, as after a failover', async () => {
  const list = () => serving.api('GET', '/approvals', { token });
  const calls = () => Promise.all([list(), whoami(), ask()]);
  await Promise.all(Array.from({ length: 6 }, calls));
  for (const call of [list, whoami, ask]) {
    proxy.breakOpen();
    expect((await call()).status).toBe(200);
  }
  const { dataSource } = services.database;
  const store = createStore(dataSource, { chain: chainHash, makeId });
  proxy.breakOpen();
  expect(await store.people.list()).toEqual(await store.people.list());
  proxy.breakOpen();
  expect((await calls()).map(({ status }) => status)).toEqual([200, 200, 200]);
});

test('while Postgres is down each call gets 503 and Retry-After, and when it is back they work again', async () => {
  process.kill(server.pid ?? 0, 'SIGKILL');
  await until('an answer of 503', async () => (await whoami()).status === 503);
  expectUnavailable(await whoami(), true);
  expectUnavailable(await ask(), true);
  expect(await ready()).toMatchObject({ status: 'unavailable', database: 'unreachable' });
  const { dataDir } = server;
  await using _again = await startEmbedded({ dataDir, durable: false });
  expect((await whoami()).status).toBe(200);
  expect((await ask()).status).toBe(200);
  await until('to be ready', async () => (await serving.say('GET', '/readyz')).status === 200);
});
