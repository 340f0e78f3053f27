/** The findings of `vsecure doctor` about what a test cannot bring about in a real installation: a full disk, a wrong clock, failing receivers. */

import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Confidential } from '../../src/domain/confidential.js';
import { clockFinding, settingsFinding } from '../../src/main/doctor/database-parts.js';
import { checkDisk } from '../../src/main/doctor/machine-parts.js';
import { one, runParts } from '../../src/main/doctor/part.js';
import { receiverFindings } from '../../src/main/doctor/receiver-findings.js';
import type { Checked } from '../../src/slack/check/finding.js';
import { openDatabase } from '../../src/store/database.js';
import { readServerFacts } from '../../src/store/server-facts.js';
import { sqlOn } from '../../src/store/sql.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { temporaryFolder } from '../support/folder.js';
import { buildServices, type Services } from '../support/services.js';

describe('a receiver', () => {
  let database: TestDatabase;
  let services: Services;
  beforeAll(async () => {
    database = await testDatabase();
    services = await buildServices({ database });
    const sql = sqlOn(database.dataSource);
    const sealed = "1, 'key', ''::bytea, repeat('i', 12)::bytea, ''::bytea, repeat('t', 16)::bytea";
    await sql(
      `insert into receiver (kind, enabled, shown, algorithm, master_key_id, wrapped_key, iv, ciphertext, tag, disabled_because)
       values ('email', true, '{}', ${sealed}, null), ('slack', false, '{}', ${sealed}, 'http 410'), ('webhook', true, '{}', ${sealed}, null)`,
    );
  });
  afterAll(() => services.close());

  /** The newest delivery of the webhook. */
  async function delivered(
    sequence: number,
    state: string,
    attempts: number,
    error: string | null,
  ) {
    await sqlOn(database.dataSource)(
      `insert into notification (id, receiver, sequence, event_id, type, state, attempts, last_error, settled_at)
       values ($1, 'webhook', $2, $3, 'alert', $4, $5, $6, case when $4 = 'waiting' then null else clock_timestamp() end)`,
      [
        `dlvr_${String(sequence).padStart(24, '0')}`,
        ...[sequence, `evt_${String(sequence).padStart(32, '0')}`, state, attempts, error],
      ],
    );
  }

  async function found(check: string, mail = false) {
    const from = 'vsecure@example.com';
    const url = new Confidential('smtp://mail.example.com');
    for await (const one of receiverFindings(services.store, mail ? { url, from } : undefined))
      if (one.check === check) return one;
    return undefined;
  }

  test('for e-mail without a mail server fails, with the settings that it needs', async () => {
    expect(await found('receiver email')).toMatchObject({
      result: 'failed',
      fix: 'set SMTP_URL and MAIL_FROM',
    });
    expect((await found('receiver email', true))?.result).toBe('ok');
  });

  test('that vsecure has disabled fails, with the reason and what to do', async () => {
    expect(await found('receiver slack')).toMatchObject({
      result: 'failed',
      message: expect.stringContaining('http 410'),
      fix: expect.stringContaining('vsecure notifications:set slack'),
    });
  });

  test('has the state of the last delivery that was attempted', async () => {
    expect((await found('receiver webhook'))?.result).toBe('ok');
    await delivered(1, 'sent', 1, null);
    expect((await found('receiver webhook'))?.message).toMatch(/succeeded at \d{4}-/);
    await delivered(2, 'waiting', 3, 'http 500');
    await delivered(3, 'waiting', 0, null);
    expect(await found('receiver webhook')).toMatchObject({
      result: 'warning',
      message: expect.stringContaining('failed 3 times: http 500'),
    });
    await delivered(4, 'dead', 9, 'http 404');
    expect(await found('receiver webhook')).toMatchObject({
      result: 'failed',
      message: expect.stringContaining('http 404'),
      fix: expect.stringContaining('vsecure notifications:replay --receiver webhook'),
    });
  });
});

describe('a finding', () => {
  test('about the disk depends on the room that is left for the embedded database', async () => {
    const dataDir = path.join(temporaryFolder('disk'), 'not', 'there');
    const at = (gib: number) => checkDisk({ database: { dataDir } }, async () => gib * 2 ** 30);
    expect(await at(5)).toMatchObject({ result: 'ok' });
    expect(await at(1)).toMatchObject({ result: 'warning', fix: expect.any(String) });
    expect(await at(0.1)).toMatchObject({ result: 'failed', fix: expect.any(String) });
  });

  test('about the clock depends on the difference to the database', () => {
    expect(clockFinding(-900).result).toBe('ok');
    expect(clockFinding(-60_000)).toMatchObject({
      result: 'warning',
      message: expect.stringContaining('60 s behind the database'),
    });
    expect(clockFinding(600_000)).toMatchObject({
      result: 'failed',
      fix: expect.stringContaining('NTP'),
    });
  });

  test('about the settings names those that a session has lost, as behind a pooler', async () => {
    const database = await testDatabase();
    const dataSource = await openDatabase(database.connection, { poolSize: 1 });
    await sqlOn(dataSource)("set DateStyle to 'SQL, DMY'");
    expect(settingsFinding(await readServerFacts(dataSource))).toMatchObject({
      result: 'failed',
      message: 'sessions lose what vsecure sets: DateStyle',
      fix: expect.stringContaining('session mode'),
    });
    await dataSource.destroy();
    await database.close();
    const good = { lost: [], encoding: 'UTF8', unsafe: [], connections: 100 };
    expect(settingsFinding(good).result).toBe('ok');
    expect(settingsFinding({ ...good, encoding: 'SQL_ASCII' }).result).toBe('failed');
    expect(settingsFinding({ ...good, connections: 5 }).result).toBe('warning');
  });

  test('stands for a part that throws or does not answer, and the next part still runs', async () => {
    const parts = [
      one('throws', () => Promise.reject(new Error('hunter2'))),
      one('hangs', () => new Promise(() => {})),
      one('works', () => ({ result: 'ok', message: 'yes' })),
    ];
    const all: Checked[] = [];
    for await (const found of runParts(parts, 50)) all.push(found);
    expect(all.map(({ check, result }) => `${check} ${result}`)).toEqual([
      'throws failed',
      'hangs failed',
      'works ok',
    ]);
    expect(JSON.stringify(all)).not.toContain('hunter2');
  });
});
