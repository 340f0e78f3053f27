/** Partitions of the audit trail: opened and detached under writes, they stay complete, chained and append-only. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createDetachmentProof } from '../../src/crypto/detachment-proof.js';
import { parseMasterKey } from '../../src/crypto/master-key.js';
import { systemActor } from '../../src/domain/audit-event.js';
import { sqlOn } from '../../src/store/sql.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { vsecure } from '../support/vsecure.js';
import { exportTrail, firstFault, tamper } from './trail.js';

let database: TestDatabase;
let services: Services;
beforeEach(async () => {
  database = await testDatabase();
  services = await buildServices({ database });
});
afterEach(() => services.close());

const sql = (text: string) => sqlOn(services.database.dataSource)<Record<string, unknown>>(text);
const append = () =>
  services.store.transaction(async (tx) => {
    tx.record({ type: 'foreign_request', actor: systemActor('a test') });
  });
const openPartition = () => services.store.transaction((tx) => tx.auditPartitions.next());
const FUTURE = new Date('2100-01-01T00:00:00Z');
const sequences = async () => (await exportTrail(services)).links.map(({ sequence }) => sequence);

test('opening partitions under load loses no event and leaves one chain', async () => {
  const before = (await sequences()).length;
  const openings = Array.from({ length: 4 }, () => openPartition().catch(() => false));
  await Promise.all([...Array.from({ length: 100 }, append), ...openings]);
  await openPartition();
  const after = await sequences();
  expect(after).toEqual(Array.from({ length: before + 100 }, (_, place) => place + 1));
  expect(unwrap(await services.useCases.exportAudit(services.admin, 0, 1000)).links).toHaveLength(
    before + 100,
  );
});

test('every partition refuses changes, attached or detached', async () => {
  await openPartition();
  await append();
  await openPartition();
  await services.countOn();
  const [detached] = await services.useCases.detachAudit(FUTURE);
  const partitions = await sql('select name from audit_part');
  expect(partitions.map(({ name }) => name)).toContain(detached?.archive);
  for (const { name } of partitions)
    for (const change of [
      `truncate ${name}`,
      `update ${name} set hash = hash`,
      `delete from ${name}`,
    ]) {
      const empty =
        (await sql(`select from ${name}`)).length === 0 && !change.startsWith('truncate');
      if (!empty) await expect(sql(change)).rejects.toThrow('append-only');
    }
});

test('detaching records the hash that the next event is chained to, and deletes nothing', async () => {
  const trail = await exportTrail(services);
  await openPartition();
  await append();
  expect(await services.useCases.detachAudit(new Date('2000-01-01T00:00:00Z'))).toEqual([]);
  await services.countOn();
  const [partition] = await services.useCases.detachAudit(FUTURE);
  expect(partition).toMatchObject({ first: 1, last: trail.head?.sequence, hash: trail.head?.hash });
  expect(await sql(`select from ${partition?.archive}`)).toHaveLength(trail.links.length);
  const { anchor, links } = unwrap(await services.useCases.exportAudit(services.admin, 0, 1000));
  expect(anchor).toEqual({ sequence: partition?.last, hash: partition?.hash });
  expect(links[0]?.sequence).toBe((trail.head?.sequence ?? 0) + 1);
  expect(JSON.parse(links.at(-1)?.canonical ?? '')).toMatchObject({
    type: 'audit_detached',
    details: partition,
  });
});

test('the keys of detached events are removed', async () => {
  await openPartition();
  await append();
  await services.countOn();
  const keys = async (upTo: number) =>
    (await sql(`select sequence from audit_seen where sequence <= ${upTo}`)).length;
  const before = await keys(1_000_000);
  const [partition] = await services.useCases.detachAudit(FUTURE);
  if (!partition) throw new Error('nothing was detached');
  expect(await keys(partition.last)).toBeGreaterThan(0);
  await services.countOn();
  expect(await keys(partition.last)).toBe(0);
  expect(before).toBeGreaterThan(0);
  expect(await keys(1_000_000)).toBeGreaterThan(0);
});

test('the open partition is never detached', async () => {
  await services.countOn();
  expect(await services.useCases.detachAudit(FUTURE)).toEqual([]);
});

describe('a writer of the database who cuts off the beginning of the trail', () => {
  /** Detaches as vsecure does, with a recorded event that continues the chain: all that needs no master key. */
  async function forge(proof: string): Promise<void> {
    await append();
    await openPartition();
    await services.countOn();
    await sql(`select * from audit_detach_oldest('2100-01-01')`);
    const [row] = await sql(
      `update audit_part set proof = ${proof} where detached_at is not null
       returning name as archive, first::int, last::int, encode(hash, 'hex') as hash`,
    );
    await services.store.transaction(async (tx) => {
      tx.record({
        type: 'audit_detached',
        actor: systemActor('audit:detach'),
        details: z.record(z.string(), z.json()).parse(row),
      });
    });
  }
  const fault = async () => firstFault(await exportTrail(services));

  test.each([
    ['no proof', 'null'],
    ['an invented one', "decode(repeat('ab', 32), 'hex')"],
  ])('is noticed: %s', async (_what, proof) => {
    await forge(proof);
    expect(await fault()).toContain('nothing proves that an operator detached audit_archive_1_');
    const exported = unwrap(await services.useCases.exportAudit(services.admin, 0, 1));
    expect(exported).toMatchObject({ anchor: undefined, partitions: [{ proven: false }, {}] });
    await expect(services.useCases.detachAudit(FUTURE)).rejects.toThrow('nothing proves');
  });

  test('is noticed when the proof is of another installation', async () => {
    const key = parseMasterKey(services.masterKeyText, 'a test');
    const elsewhere = createDetachmentProof(key, 'another installation');
    await append();
    const { head } = await exportTrail(services);
    const last = head?.sequence ?? 0;
    const partition = {
      archive: `audit_archive_1_${last + 1}`,
      first: 1,
      last: last + 1,
      hash: '',
    };
    await forge(`decode('${Buffer.from(elsewhere.prove(partition)).toString('hex')}', 'hex')`);
    expect(await fault()).toContain('nothing proves');
  });

  test('would not be noticed by a verification that accepts any proof', async () => {
    await services.close();
    services = await buildServices({
      change: (parts) => ({ ...parts, detachments: { ...parts.detachments, holds: () => true } }),
    });
    await forge('null');
    expect(await fault()).toBeUndefined();
  });
});

test('a partition whose events were changed is not detached, so that no proof hides the change', async () => {
  await append();
  await openPartition();
  await services.countOn();
  await tamper(services, `update audit_event set canonical = canonical || ' ' where sequence = 2`);
  await expect(services.useCases.detachAudit(FUTURE)).rejects.toThrow('not intact');
  expect(await sql('select from audit_part where detached_at is not null')).toEqual([]);
});

test('audit:confirm shows what has no proof, and with --yes proves and records it', async () => {
  await append();
  await openPartition();
  await services.countOn();
  const [partition] = await services.useCases.detachAudit(FUTURE);
  await sql('update audit_part set proof = null');
  const env = { DATABASE_URL: database.url, VSECURE_MASTER_KEY: services.masterKeyText };
  const confirm = (...argv: string[]) => vsecure(['audit:confirm', ...argv], { env });
  expect(await confirm()).toMatchObject({
    exit: 1,
    stdout: expect.stringContaining(`${partition?.archive}: events 1 to ${partition?.last}`),
  });
  expect(await firstFault(await exportTrail(services))).toContain('nothing proves');
  expect(await confirm('--yes')).toMatchObject({ exit: 0 });
  const trail = await exportTrail(services);
  expect(await firstFault(trail)).toBeUndefined();
  expect(JSON.parse(trail.links.at(-1)?.canonical ?? '')).toMatchObject({
    type: 'audit_detached',
    details: { ...partition, confirmed: true },
  });
  expect(await confirm()).toMatchObject({ exit: 0 });
});
