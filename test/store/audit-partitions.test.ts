/** Partitions of the audit trail: opened and detached under writes, they stay complete, chained and append-only. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemActor } from '../../src/domain/audit-event.js';
import { sqlOn } from '../../src/store/sql.js';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { exportTrail } from './trail.js';

let services: Services;
beforeEach(async () => {
  services = await buildServices();
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

test('the open partition is never detached', async () => {
  await services.countOn();
  expect(await services.useCases.detachAudit(FUTURE)).toEqual([]);
});
