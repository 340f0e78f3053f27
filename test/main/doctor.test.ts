/** `vsecure doctor`: a healthy installation is all well, each problem gets a finding with a fix, and nothing is changed. */

import { randomBytes } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { baseBackup } from '../../src/postgres/base-backup.js';
import { startEmbedded } from '../../src/postgres/embedded.js';
import type { Checked } from '../../src/slack/check/finding.js';
import { openDatabase } from '../../src/store/database.js';
import { sqlOn } from '../../src/store/sql.js';
import {
  type OwnPostgres,
  ownPostgres,
  type TestDatabase,
  testDatabase,
} from '../support/database.js';
import { temporaryFolder } from '../support/folder.js';
import { type RunningServer, startVsecure } from '../support/server.js';
import { buildServices, type Services } from '../support/services.js';
import { freePort } from '../support/slack/loopback.js';
import { vsecure } from '../support/vsecure.js';

type Settings = Readonly<Record<string, string>>;

/** The checks by name. No value of a secret setting is printed. */
async function doctor(env: Settings) {
  const { exit, stdout, stderr } = await vsecure(['doctor', '--json'], { env });
  for (const [name, value] of Object.entries(env))
    if (/KEY$|URL$|TOKEN$/.test(name) && name !== 'VSECURE_URL' && value)
      expect(`${stdout}${stderr}`).not.toContain(value);
  expect(stderr).toBe('');
  const { ok, checks }: { ok: boolean; checks: readonly Checked[] } = JSON.parse(stdout);
  expect(exit).toBe(ok ? 0 : 1);
  expect(ok).toBe(checks.every(({ result }) => result !== 'failed'));
  const find = (check: string) => checks.find((one) => one.check === check);
  return { ok, checks, find };
}

const PROTOCOLS = [
  'server: protocol 2025-11-25',
  'server: protocol 2026-07-28',
  'server: protocol 2025-11-25 with SDK 1.x',
];

describe('a healthy installation', () => {
  let postgres: OwnPostgres;
  let services: Services;
  let server: RunningServer;
  let env: Settings;
  beforeAll(async () => {
    postgres = await ownPostgres();
    const dataSource = await openDatabase(postgres.connection);
    const close = async () => {
      await dataSource.destroy();
      await postgres.stop();
    };
    const database = { ...postgres, dataSource, close };
    services = await buildServices({ database });
    server = await startVsecure({ database, masterKey: services.masterKeyText });
    const { PORT: _, ...surroundings } = server.env;
    const { token } = await services.agent('claude-desktop', 'bob@example.com');
    env = { ...surroundings, PORT: new URL(server.url).port, VSECURE_API_KEY: token };
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await services.close();
  });

  test('is all well: the server is found by HOST and PORT, and both SDKs connect in both eras', async () => {
    const { ok, checks, find } = await doctor(env);
    expect(ok).toBe(true);
    const others = checks.filter(({ result }) => result !== 'ok').map(({ check }) => check);
    expect(others).toEqual(['receivers', 'disk', 'Slack', 'server: Slack']);
    for (const name of PROTOCOLS)
      expect(find(name)?.message).toMatch(/ and tools\/list work, \d+ tools$/);
    expect(find('server')?.message).toContain(server.url);
  });

  test('is shown in one line for each check, and the exit code is 0', async () => {
    const { exit, stdout } = await vsecure(['doctor'], { env });
    const lines = stdout.trimEnd().split('\n');
    expect(exit).toBe(0);
    expect(lines.at(-1)).toBe('All checks passed.');
    for (const line of lines.slice(0, -1))
      expect(line).toMatch(/^(✓ ok|! warning|✗ failed|– skipped) +[\w: .-]+: \S/);
    expect(stdout).toContain('✓ ok       master key: it is the one');
  });

  test('with a key that the server does not know, says how to get one, and tries no protocol', async () => {
    const VSECURE_API_KEY = 'vsk_a_0123456789_unknown';
    const { find } = await doctor({ ...env, VSECURE_API_KEY });
    expect(find('server: key')).toMatchObject({
      result: 'failed',
      message: expect.stringContaining('vsecure keys:create'),
    });
    for (const name of PROTOCOLS) expect(find(name)?.result).toBe('skipped');
    expect(find('server: database')?.result).toBe('ok');
  });

  test('without a key, says which one is needed', async () => {
    const { ok, find } = await doctor({ ...env, VSECURE_API_KEY: '' });
    expect(ok).toBe(true);
    expect(find('server: key')).toMatchObject({
      result: 'skipped',
      message: expect.stringContaining('set VSECURE_API_KEY'),
    });
  });

  test.each([
    ['/mcp', /^Set VSECURE_URL to http:\/\/127\.0\.0\.1:\d+$/],
    ['?key=1', /^Set VSECURE_URL to http:\/\/127\.0\.0\.1:\d+$/],
  ])('at an address that ends in %s, says what to write instead', async (end, fix) => {
    const { find } = await doctor({ ...env, VSECURE_URL: `${server.url}${end}` });
    expect(find('server')).toMatchObject({ result: 'failed', fix: expect.stringMatching(fix) });
  });

  test('whose DATABASE_URL names a replica: it is read-only, and the rest is still checked', async () => {
    const { host, port, user } = postgres;
    const dataDir = `${postgres.dataDir}-replica`;
    await baseBackup({ host, port, user }, postgres.dataDir, dataDir);
    writeFileSync(path.join(dataDir, 'standby.signal'), '');
    await using replica = await startEmbedded({ dataDir, durable: false });
    const at = encodeURIComponent(replica.host);
    const DATABASE_URL = `postgresql://${user}@${at}:${replica.port}/${replica.database}`;
    const { find } = await doctor({ ...env, DATABASE_URL });
    expect(find('writing')).toMatchObject({
      result: 'failed',
      message: expect.stringMatching(/read-only: .*Name the primary$/),
    });
    for (const check of ['database', 'schema', 'master key'])
      expect(find(check)?.result).toBe('ok');
  });
});

describe('a problem', () => {
  let database: TestDatabase;
  let services: Services;
  let env: Settings;
  beforeAll(async () => {
    database = await testDatabase();
    services = await buildServices({ database });
    const PORT = String(await freePort());
    env = { DATABASE_URL: database.url, VSECURE_MASTER_KEY: services.masterKeyText, PORT };
  });
  afterAll(() => services.close());

  test('no server is running: says which command starts one, and fails only where VSECURE_URL names it', async () => {
    const answer = { message: expect.stringContaining('start it with `vsecure serve`') };
    const guessed = await doctor(env);
    expect(guessed.find('server')).toMatchObject({ result: 'warning', ...answer });
    expect(guessed.ok).toBe(true);
    const named = await doctor({ ...env, VSECURE_URL: `http://127.0.0.1:${env['PORT']}` });
    expect(named.find('server')).toMatchObject({ result: 'failed', ...answer });
  });

  test('the database is unreachable: says what to correct, and everything else is still checked', async () => {
    const DATABASE_URL = `postgres://vsecure:hunter2@127.0.0.1:${await freePort()}/vsecure`;
    const { find } = await doctor({ ...env, DATABASE_URL });
    expect(find('database')).toMatchObject({
      result: 'failed',
      message: 'no server answers at the address in DATABASE_URL',
      fix: expect.stringContaining('correct DATABASE_URL'),
    });
    expect(find('schema')?.result).toBe('skipped');
    expect(find('server')?.result).toBe('warning');
  });

  test('the master key is another one, or missing: the database stays as it is', async () => {
    const wrong = { ...env, VSECURE_MASTER_KEY: randomBytes(32).toString('base64') };
    expect((await doctor(wrong)).find('master key')).toEqual({
      check: 'master key',
      result: 'failed',
      message: expect.stringContaining('set VSECURE_MASTER_KEY or VSECURE_MASTER_KEY_FILE'),
    });
    const missing = { ...env, VSECURE_MASTER_KEY: '', VSECURE_MASTER_KEY_FILE: '/no/such/key' };
    expect((await doctor(missing)).find('master key')).toMatchObject({
      result: 'failed',
      message: expect.stringMatching(
        /^VSECURE_MASTER_KEY_FILE: the master key file \/no\/such\/key does not exist; make one/,
      ),
    });
  });

  test('a setting is wrong: it is named, and hides no other problem', async () => {
    const { find } = await doctor({ ...env, LOG_LEVEL: 'loud', SLACK_CHANNEL: '#general' });
    expect(find('configuration')).toMatchObject({
      result: 'failed',
      message: expect.stringMatching(/^SLACK_CHANNEL: /),
      fix: 'correct this setting',
    });
    expect(find('Slack')?.message).toBe('not checked, because SLACK_CHANNEL is wrong');
    expect(find('master key')?.result).toBe('ok');
    const keyless = await doctor({ DATABASE_URL: database.url, PORT: env['PORT'] ?? '' });
    expect(keyless.find('configuration')?.message).toMatch(/^VSECURE_MASTER_KEY: required/);
    expect(keyless.find('schema')?.result).toBe('ok');
    expect(keyless.find('master key')?.result).toBe('skipped');
  });

  test('the server does not flush to disk: warns, and names the setting', async () => {
    expect((await doctor(env)).find('settings')).toMatchObject({
      result: 'warning',
      fix: expect.stringContaining('fsync = on'),
    });
  });
});

describe('the schema', () => {
  let database: TestDatabase;
  let env: Settings;
  beforeAll(async () => {
    database = await testDatabase();
    const services = await buildServices({ database });
    await services.listener.stop();
    const PORT = String(await freePort());
    env = { DATABASE_URL: database.url, VSECURE_MASTER_KEY: services.masterKeyText, PORT };
  });
  afterAll(() => database.close());

  const versions = async () => {
    const rows = await sqlOn(database.dataSource)<{ timestamp: string }>(
      'select timestamp::text from schema_migration',
    );
    return rows.map(({ timestamp }) => Number(timestamp)).sort((a, b) => a - b);
  };

  test('with a pending migration is named with the command that runs it, which the check does not', async () => {
    const all = await versions();
    await sqlOn(database.dataSource)('delete from schema_migration where timestamp = $1', [
      all.at(-1),
    ]);
    const automatic = (await doctor(env)).find('schema');
    expect(automatic).toMatchObject({
      result: 'warning',
      message: expect.stringMatching(/^1 migration is pending: \d{4}-/),
      fix: expect.stringContaining('vsecure migrate'),
    });
    const manual = await doctor({ ...env, VSECURE_MIGRATE: 'off' });
    expect(manual.find('schema')).toMatchObject({ result: 'failed', fix: 'run `vsecure migrate`' });
    expect(manual.find('receivers')?.result).toBe('skipped');
    expect(manual.find('master key')?.result).toBe('ok');
    expect(await versions()).toEqual(all.slice(0, -1));
  });

  test('that is newer than this version is a failure that says what to upgrade', async () => {
    await sqlOn(database.dataSource)(
      "insert into schema_migration (timestamp, name) values (9999, 'future')",
    );
    expect((await doctor(env)).find('schema')).toMatchObject({
      result: 'failed',
      message: expect.stringMatching(/at schema 9999, .*upgrade vsecure/),
    });
  });

  test('of an empty database is pending, and stays so', async () => {
    const empty = await testDatabase();
    await sqlOn(empty.dataSource)('drop schema public cascade');
    await sqlOn(empty.dataSource)('create schema public');
    const { find } = await doctor({ ...env, DATABASE_URL: empty.url });
    expect(find('schema')).toMatchObject({ result: 'warning', fix: expect.any(String) });
    expect(find('writing')?.result).toBe('skipped');
    expect(find('master key')?.result).toBe('ok');
    const tables = await sqlOn(empty.dataSource)(
      "select 1 from pg_tables where schemaname = 'public'",
    );
    expect(tables).toEqual([]);
    await empty.close();
  });
});

test('in an empty folder, nothing is created', async () => {
  const HOME = temporaryFolder('home');
  const { ok, find } = await doctor({ HOME, PORT: String(await freePort()) });
  expect(ok).toBe(true);
  expect(find('database')).toMatchObject({
    result: 'skipped',
    message: expect.stringContaining(`there is no database at ${HOME}`),
  });
  expect(readdirSync(HOME)).toEqual([]);
});

test('a stopped embedded database is checked, and is stopped again', async () => {
  const VSECURE_DATA_DIR = temporaryFolder('data');
  const PORT = String(await freePort());
  const server = await startVsecure({ env: { VSECURE_DATA_DIR } });
  await server.stop();
  const files = () => readdirSync(VSECURE_DATA_DIR).sort();
  const before = files();
  const { ok, find } = await doctor({ VSECURE_DATA_DIR, PORT });
  expect(ok).toBe(true);
  for (const check of ['database', 'writing', 'settings', 'schema', 'master key', 'disk'])
    expect(find(check)?.result, check).toBe('ok');
  expect(files()).toEqual(before);
  expect(readdirSync(path.join(VSECURE_DATA_DIR, 'postgres'))).not.toContain('postmaster.pid');
});
