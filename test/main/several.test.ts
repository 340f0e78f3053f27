/** Several processes of one vsecure on one database. */

import { randomBytes } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { sqlOn } from '../../src/store/sql.js';
import { testDatabase } from '../support/database.js';
import { startVsecure } from '../support/server.js';
import { buildServices } from '../support/services.js';
import { until } from '../support/until.js';

test('two servers that start at the same moment on an empty database both come up, and one of them creates the schema', async () => {
  const database = await testDatabase();
  onTestFinished(() => database.close());
  await database.dataSource.query('drop schema public cascade; create schema public');
  const masterKey = randomBytes(32).toString('base64');
  const servers = await Promise.all([1, 2].map(() => startVsecure({ database, masterKey })));
  try {
    const migrators = servers.filter((server) =>
      server.log().some(({ msg, migrations }) => /schema is up to date/.test(msg) && migrations),
    );
    expect(migrators).toHaveLength(1);
    const installed = await sqlOn(database.dataSource)('select id from installation');
    expect(installed).toHaveLength(1);
  } finally {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  }
});

test('an expired request is closed once, however many processes run the job', async () => {
  const database = await testDatabase();
  const services = await buildServices({ database });
  onTestFinished(() => services.close());
  await services.policy();
  const sql = sqlOn(database.dataSource);
  const { caller } = await services.agent();
  const asked = [];
  for (let minutes = 1; minutes <= 30; minutes += 1)
    asked.push((await services.ask(caller, { duration: minutes * 60_000 })).id);

  const options = { database, masterKey: services.masterKeyText };
  const servers = await Promise.all([1, 2].map(() => startVsecure(options)));
  try {
    await sql(
      `update approval set created_at = clock_timestamp() - interval '2 hours', expires_at = clock_timestamp() - interval '1 second'`,
    );
    await until('the job to have closed them', async () => {
      const open = await sql(`select 1 from approval where status <> 'expired'`);
      return open.length === 0;
    });
    const events = await sql<{ approval: string }>(
      `select body->>'approval' as approval from audit_event where body ->> 'type' = 'approval_expired'`,
    );
    expect(events.map(({ approval }) => approval).sort()).toEqual([...asked].sort());

    const fires = () =>
      sql<{ key: string; owner: string }>(
        `select key, owner from job_run where key like '%expire%'`,
      );
    await until('another fire', async () => (await fires()).length > 1);
    expect(servers.flatMap((server) => server.log().filter(({ level }) => level >= 50))).toEqual(
      [],
    );
  } finally {
    await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
  }
});
