/** Secret values appear only in the reply to an authorised reader. */
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sqlOn } from '../../src/store/sql.js';
import { findCanaries } from '../support/canary.js';
import { type DurableServices, durableServices } from '../support/durable-services.js';
import { unwrap } from '../support/services.js';
import { until } from '../support/until.js';
import { approvedGrant } from './short-grants.js';

/** As awkward as secrets are: quotes, new lines, other scripts, escapes and long ones. */
const SHAPES = [
  (random: string) => random,
  (random: string) => `-----BEGIN KEY-----\n${random}\n-----END KEY-----\n`,
  (random: string) => `{"user":"bob","password":"${random}'\\"%20"}`,
  (random: string) => `pässwörd-漢字-😀-${random}`,
  (random: string) => random.repeat(60),
];

const VALUES = Array.from({ length: 32 }, (_, index) => {
  const shape = SHAPES[index % SHAPES.length] ?? String;
  return shape(randomBytes(24).toString('base64'));
});
const path = (index: number) => `vsecure://secrets/production/KEY_${index}`;

let services: DurableServices;
beforeAll(async () => {
  services = await durableServices();
  await services.policy();
});
afterAll(() => services.close());

test('32 secret values appear in no column, file, write-ahead log or error after writes, reads and refusals', async () => {
  const { caller } = await services.agent();
  const other = await services.agent('another-agent');
  for (const [index, value] of VALUES.entries()) await services.secret(value, path(index));
  for (const few of [VALUES.slice(0, 20), VALUES.slice(20)])
    await approvedGrant(services, caller, {
      resources: few.map((value) => path(VALUES.indexOf(value))),
    });

  const answers: string[] = [];
  for (const [index, value] of VALUES.entries()) {
    const resource = path(index);
    const read = unwrap(await services.useCases.readSecret(caller, { resource }));
    expect(Buffer.from(read.value).toString()).toBe(value);
    answers.push(inspect(await services.useCases.readSecret(other.caller, { resource })));
  }
  answers.push(inspect(await services.useCases.listSecrets(caller, { limit: 100 }), { depth: 10 }));
  answers.push(
    inspect(await services.useCases.queryAudit(services.admin, {}, { limit: 200 }), { depth: 10 }),
  );
  answers.push(await errorsOf(caller));

  const { dataSource } = services.database;
  await sqlOn(dataSource)('checkpoint');
  const files = [services.server.dataDir];
  const texts = { 'answers and errors': answers.join('\n') };
  expect(await findCanaries({ texts, files, dataSource }, VALUES)).toEqual([]);
});

/** The errors that a caller sees when the store fails during a write and during a read. */
async function errorsOf(caller: Parameters<DurableServices['useCases']['readSecret']>[0]) {
  const sql = sqlOn(services.database.dataSource);
  await sql(`create function broken() returns trigger language plpgsql as
    $$ begin raise exception 'broken' using detail = new::text; end $$`);
  for (const table of ['audit_event', 'secret_version'])
    await sql(
      `create trigger broken before insert on ${table} for each row execute function broken()`,
    );
  const failed = await Promise.allSettled([
    services.secret(VALUES[0], path(0)),
    services.useCases.readSecret(caller, { resource: path(0) }),
  ]);
  for (const table of ['audit_event', 'secret_version'])
    await sql(`drop trigger broken on ${table}`);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  return inspect(failed, { depth: 20 });
}

test('the search finds a value planted in the database in its table, its file and the write-ahead log', async () => {
  const planted = randomBytes(24).toString('base64');
  const { dataSource } = services.database;
  const sql = sqlOn(dataSource);
  await sql('create table planted (word text)');
  await sql('insert into planted values ($1)', [planted]);
  await sql('checkpoint');
  const files = [services.server.dataDir];
  const hits = await until('the files to be written', async () => {
    const found = await findCanaries({ files, dataSource }, [planted]);
    return found.length >= 3 && found;
  });
  expect(hits).toContain('value 0 as raw in table public.planted.word');
  expect(hits).toContainEqual(
    expect.stringMatching(/^value 0 as raw in file .*\/pg\/base\/\d+\/\d+$/),
  );
  expect(hits).toContainEqual(
    expect.stringMatching(/^value 0 as raw in file .*\/pg_wal\/[0-9A-F]+$/),
  );
});
