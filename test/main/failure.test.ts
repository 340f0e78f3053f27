/** A command that cannot go on says why in one sentence, and shows no value and no stack. */

import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readConfig } from '../../src/config.js';
import { explainFailure } from '../../src/main/failure.js';
import { openDatabase } from '../../src/store/database.js';
import { sqlOn } from '../../src/store/sql.js';
import { ownPostgres, type TestDatabase, testDatabase } from '../support/database.js';
import { temporaryFolder } from '../support/folder.js';
import { postgresProxy } from '../support/postgres-proxy.js';
import { buildServices } from '../support/services.js';
import { freePort, listenOnLoopback, shut } from '../support/slack/loopback.js';
import { type Ended, vsecure } from '../support/vsecure.js';

const KEY = randomBytes(32).toString('base64');

let database: TestDatabase;
let masterKey: string;
beforeAll(async () => {
  database = await testDatabase();
  const services = await buildServices({ database });
  masterKey = services.masterKeyText;
  await services.listener.stop();
});
afterAll(() => database.close());

const serve = (env: Record<string, string>) => vsecure(['serve'], { env: { PORT: '0', ...env } });
const serveHere = (env: Record<string, string>) =>
  serve({ DATABASE_URL: database.url, VSECURE_MASTER_KEY: masterKey, ...env });

/** Its last words, which are all that is not the log's. */
function sentenceOf({ stderr, stdout }: Ended): string {
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/^\s+at /m);
  return stderr
    .split('\n')
    .filter((line) => line && !line.startsWith('{'))
    .join('\n');
}

/** The same address with another host, port, user or database. */
function elsewhere(change: (url: URL) => void): string {
  const url = new URL('postgresql://vsecure@127.0.0.1:5432/vsecure');
  change(url);
  return url.href;
}

test('wrong settings are listed by name, and the exit code is 2', async () => {
  const ended = await serve({
    VSECURE_MASTER_KEY: 'hunter2hunter2',
    LOG_LEVEL: 'loud',
    PORT: 'hunter2',
  });
  expect(ended.exit).toBe(2);
  expect(ended.stderr.split('\n')).toEqual([
    'vsecure: The configuration has 3 problem(s):',
    expect.stringMatching(/^ {2}VSECURE_MASTER_KEY: must be 32 random bytes/),
    expect.stringMatching(/^ {2}PORT: must be a port/),
    expect.stringMatching(/^ {2}LOG_LEVEL: must be one of/),
    '',
  ]);
});

describe('a database', () => {
  test('that does not answer is reported in one sentence', async () => {
    const port = await freePort();
    const DATABASE_URL = elsewhere((url) => Object.assign(url, { port, password: 'hunter2' }));
    const ended = await serve({ DATABASE_URL, VSECURE_MASTER_KEY: KEY });
    expect(ended.exit).toBe(1);
    expect(sentenceOf(ended)).toBe('vsecure: no server answers at the address in DATABASE_URL.');
  });

  test('name that does not exist is reported in one sentence', async () => {
    const DATABASE_URL = database.url.replace(/[^/]*$/, 'no_such_database');
    const ended = await serve({ DATABASE_URL, VSECURE_MASTER_KEY: KEY });
    expect(ended.exit).toBe(1);
    expect(sentenceOf(ended)).toBe('vsecure: the database named in DATABASE_URL does not exist.');
  });

  test('user that the database refuses is reported in one sentence', async () => {
    const DATABASE_URL = database.url.replace(/\/\/[^@]*@/, '//nobody:hunter2@');
    const ended = await serve({ DATABASE_URL, VSECURE_MASTER_KEY: KEY });
    expect(ended.exit).toBe(1);
    expect(sentenceOf(ended)).toBe('vsecure: the database refused the user in DATABASE_URL.');
  });

  test('address with a host that does not exist is reported in one sentence', async () => {
    const DATABASE_URL = elsewhere((url) =>
      Object.assign(url, { hostname: 'no-such-host.invalid', password: 'hunter2' }),
    );
    const ended = await serve({ DATABASE_URL, VSECURE_MASTER_KEY: KEY });
    expect(ended.exit).toBe(1);
    expect(sentenceOf(ended)).toMatch(/^vsecure: the host name in DATABASE_URL cannot be resolved/);
    expect(ended.stderr).not.toContain('hunter2');
  });

  test('address that is not a valid URL is reported by name and not repeated', async () => {
    for (const host of ['%zz', 'db/%zz', 'user:%zz@db']) {
      const settings = {
        DATABASE_URL: `postgresql://alice:hunter2@${host}`,
        VSECURE_MASTER_KEY: KEY,
      };
      const read = () => readConfig(settings);
      expect(read).toThrow(/^The configuration has 1 problem\(s\):\n {2}DATABASE_URL: .*(%25|URL)/);
      expect(read).not.toThrow(/hunter2|zz/);
    }
  });

  test('without TLS, without the password, or with another password than DATABASE_URL has, is reported in one sentence', async () => {
    await using server = await ownPostgres({ durable: false });
    const proxy = await postgresProxy(server);
    const open = await openDatabase(server.connection);
    await sqlOn(open)(`alter role vsecure password 'other'`);
    writeFileSync(path.join(server.dataDir, 'pg_hba.conf'), 'local all all scram-sha-256\n');
    await sqlOn(open)('select pg_reload_conf()');
    const { port } = proxy.connection;
    const sentence = async (change: Partial<URL>) => {
      const url = elsewhere((one) => Object.assign(one, { port, ...change }));
      const explained = await openDatabase({ url }).then(() => 'connected', explainFailure);
      expect(explained).not.toContain('hunter2');
      return explained;
    };
    expect(await sentence({ search: '?sslmode=verify-full' })).toBe(
      'the database server offers no TLS, which sslmode in DATABASE_URL demands.',
    );
    expect(await sentence({ password: 'hunter2' })).toBe(
      'the database refused the password in DATABASE_URL.',
    );
    expect(await sentence({})).toBe(
      'the database demands a password, and DATABASE_URL contains none.',
    );
    await open.destroy();
    await proxy.close();
  });

  test('that is something else than PostgreSQL is reported in one sentence', async () => {
    const web = createServer((_req, res) => res.end());
    const port = await listenOnLoopback(web);
    const ended = await serve({
      DATABASE_URL: elsewhere((url) => Object.assign(url, { port })),
      VSECURE_MASTER_KEY: KEY,
    });
    await shut(web);
    expect(sentenceOf(ended)).toMatch(/ended the connection: is it a PostgreSQL server\?$/);
  });
});

describe('a schema', () => {
  const versions = (sql: string) => database.dataSource.query(sql);

  test('of a newer vsecure is refused and left unchanged', async () => {
    await versions(
      `insert into schema_migration (timestamp, name) values (9999, 'later0000000009999')`,
    );
    const ended = await serveHere({});
    await versions('delete from schema_migration where timestamp = 9999');
    expect(ended.exit).toBe(1);
    expect(sentenceOf(ended)).toMatch(
      /^vsecure: the database is at schema 9999, .* upgrade vsecure/,
    );
  });

  test('that is behind, with migrations off, is refused with a hint to run `migrate`, which then works', async () => {
    const fresh = await testDatabase();
    await fresh.dataSource.query('drop schema public cascade; create schema public');
    const env = { DATABASE_URL: fresh.url, VSECURE_MASTER_KEY: KEY, VSECURE_MIGRATE: 'off' };
    const ended = await serve(env);
    expect(ended.exit).toBe(1);
    expect(sentenceOf(ended)).toMatch(
      /^vsecure: the database schema is behind .* run `vsecure migrate`/,
    );
    const planned = await vsecure(['migrate', '--dry-run'], { env });
    expect(planned).toMatchObject({ exit: 0, stderr: '' });
    expect(planned.stdout).toMatch(
      /^Would run \d+ migration\(s\):\n {2}0001-[\s\S]*\nNothing was changed\.\n$/,
    );
    const tables = await fresh.dataSource.query(
      `select 1 from pg_tables where schemaname = 'public'`,
    );
    expect(tables).toEqual([]);
    expect(await vsecure(['migrate'], { env })).toMatchObject({
      exit: 0,
      stdout: expect.stringMatching(/^Ran \d+ migration\(s\)\.\n$/),
    });
    expect((await vsecure(['migrate'], { env })).stdout).toBe('The schema is up to date.\n');
    const done = await vsecure(['migrate', '--dry-run'], { env });
    expect(done.stdout).toBe('The schema is up to date.\n');
    await fresh.close();
  });
});

describe('a master key', () => {
  test('of another database is refused', async () => {
    const ended = await serveHere({ VSECURE_MASTER_KEY: KEY });
    expect(ended.exit).toBe(1);
    expect(sentenceOf(ended)).toMatch(/^vsecure: the master key does not match this database/);
    expect(ended.stderr).not.toContain(KEY);
  });

  test('file that other users can read is refused', async () => {
    const file = path.join(temporaryFolder(), 'key');
    writeFileSync(file, masterKey);
    chmodSync(file, 0o644);
    const ended = await serve({ DATABASE_URL: database.url, VSECURE_MASTER_KEY_FILE: file });
    expect(ended.exit).toBe(2);
    expect(sentenceOf(ended)).toContain(
      `VSECURE_MASTER_KEY_FILE: the master key file ${file} can be opened by others; run: chmod 600`,
    );
  });

  test.each([
    ['is missing', 'missing', 'does not exist; make one with: openssl rand -base64 32'],
    ['is malformed', 'malformed', 'is not base64; make one with: openssl rand -base64 32'],
    ['lies below a file', 'malformed/key', 'cannot be opened (ENOTDIR)'],
  ])(
    'file that %s is refused by its setting, before the database is made',
    async (_, name, said) => {
      const folder = temporaryFolder();
      writeFileSync(path.join(folder, 'malformed'), 'hunter2', { mode: 0o600 });
      const ended = await serve({
        VSECURE_DATA_DIR: path.join(folder, 'data'),
        VSECURE_MASTER_KEY_FILE: path.join(folder, name),
      });
      expect(ended.exit).toBe(2);
      expect(sentenceOf(ended)).toMatch(/^ {2}VSECURE_MASTER_KEY_FILE: /m);
      expect(sentenceOf(ended)).toContain(said);
      expect(ended.stderr).not.toContain('hunter2');
      expect(existsSync(path.join(folder, 'data'))).toBe(false);
    },
  );

  test('in the data folder that is malformed is refused before the database is made', async () => {
    const folder = temporaryFolder();
    writeFileSync(path.join(folder, 'master.key'), 'hunter2', { mode: 0o600 });
    const ended = await serve({ VSECURE_DATA_DIR: folder });
    expect(ended.exit).toBe(1);
    expect(sentenceOf(ended)).toContain('master.key');
    expect(readdirSync(folder)).toEqual(['master.key']);
  });
});

describe('an address', () => {
  let other: Server;
  let port: number;
  beforeAll(async () => {
    other = createServer();
    port = await listenOnLoopback(other);
  });
  afterAll(() => shut(other));

  test('that is in use is reported with a hint to set PORT', async () => {
    const ended = await serveHere({ PORT: String(port) });
    expect(ended.exit).toBe(1);
    expect(sentenceOf(ended)).toMatch(/^vsecure: the address is in use\. .* set PORT/);
  });

  test('that does not belong to this machine is reported', async () => {
    const ended = await serveHere({ HOST: '192.0.2.1' });
    expect(ended.exit).toBe(1);
    expect(sentenceOf(ended)).toBe('vsecure: HOST is not an address of this machine.');
  });
});

test('admin:bootstrap reports a failure on stderr, and stdout stays empty', async () => {
  const env = { DATABASE_URL: database.url, VSECURE_MASTER_KEY: KEY };
  const ended = await vsecure(['admin:bootstrap'], { env });
  expect(ended.exit).toBe(1);
  expect(sentenceOf(ended)).toMatch(/^vsecure: the master key does not match this database/);
});

test('an error of Node or PostgreSQL is explained by its code, never by its message', () => {
  const coded = (code: string) => Object.assign(new Error('hunter2'), { code });
  const codes = ['ENOTFOUND', 'EACCES', 'ENOENT', '28P01', '28000', '3D000', '42501'];
  const sentences = codes.map((code) => explainFailure(coded(code)));
  expect(new Set(sentences).size).toBe(codes.length);
  for (const sentence of sentences) expect(sentence).toMatch(/^[^\n]{20,}\.$/);

  const several = new AggregateError([coded('ECONNREFUSED'), coded('ENOTFOUND')], 'hunter2');
  expect(explainFailure(several)).toBe('no server answers at the address in DATABASE_URL.');
  expect(explainFailure(coded('22012'))).toBe('something unexpected happened (Error 22012)');
  expect(explainFailure(new TypeError('hunter2'))).toBe(
    'something unexpected happened (TypeError)',
  );
  expect(explainFailure('hunter2')).toBe('something unexpected happened');
});
