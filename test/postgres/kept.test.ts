/** The embedded server is watched: when it ends, it is started or adopted again, and when that fails, the process ends. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { keepEmbedded, type Watch } from '../../src/postgres/kept.js';
import { running } from '../../src/postgres/running.js';
import { temporaryFolder } from '../support/folder.js';
import { startVsecure } from '../support/server.js';
import { until } from '../support/until.js';
import { hold, kill, newDataDir, query, start } from './support.js';

async function keep(dataDir: string, watch: Partial<Watch> = {}) {
  const restarts: string[] = [];
  const server = await keepEmbedded(
    { dataDir },
    { onRestart: () => void restarts.push('again'), onFailure: () => {}, ...watch },
  );
  onTestFinished(() => server.stop());
  return { server, restarts };
}

const killServer = (dataDir: string) => process.kill(running(dataDir)?.pid ?? 0, 'SIGKILL');
const ANSWER = [{ answer: 42 }];

test('a server whose postmaster is killed is started again at the same address, with every commit', async () => {
  const dataDir = newDataDir();
  const { server, restarts } = await keep(dataDir);
  await query(server, 'create table kept as select 42 as answer');
  killServer(dataDir);
  await until('a restart', () => restarts.length === 1);
  expect(await query(server, 'select answer from kept')).toEqual(ANSWER);
  killServer(dataDir);
  await until('another restart', () => restarts.length === 2);
  expect(await query(server, 'select answer from kept')).toEqual(ANSWER);
});

test('when the first of two processes on one folder is killed, the other goes on with a server of its own', async () => {
  const dataDir = newDataDir();
  const { child } = await hold(dataDir);
  const { server, restarts } = await keep(dataDir);
  await query(server, 'create table kept as select 42 as answer');
  await kill(child);
  await until('a restart', () => restarts.length === 1);
  expect(await query(server, 'select answer from kept')).toEqual(ANSWER);
});

test('a server that cannot be started again is reported once, and no new database takes its place', async () => {
  const dataDir = newDataDir();
  const failures: unknown[] = [];
  await keep(dataDir, { onFailure: (error) => void failures.push(error) });
  writeFileSync(path.join(dataDir, 'PG_VERSION'), '9\n');
  killServer(dataDir);
  await until('the report', () => failures.length > 0);
  expect(failures).toMatchObject([{ code: 'wrong_version' }]);
});

test('a start waits for the backends of a killed server, which still use its memory', async () => {
  const dataDir = newDataDir();
  const { server } = await keep(dataDir);
  const client = new pg.Client(server);
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query('select pg_backend_pid() as pid');
  const backend = Number(rows[0].pid);
  process.kill(backend, 'SIGSTOP');
  const goOn = setTimeout(() => process.kill(backend, 'SIGCONT'), 1_500);
  onTestFinished(() => clearTimeout(goOn));
  killServer(dataDir);
  expect(await query(await start({ dataDir }), 'select 42 as answer')).toEqual(ANSWER);
});

test('vsecure serve ends with exit code 1 when its embedded server cannot be started again', async () => {
  const folder = temporaryFolder('data');
  await using server = await startVsecure({ env: { VSECURE_DATA_DIR: folder } });
  const dataDir = path.join(folder, 'postgres');
  writeFileSync(path.join(dataDir, 'PG_VERSION'), '9\n');
  killServer(dataDir);
  expect(await server.program().ended).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining('was made by PostgreSQL 9'),
  });
});
