/** The trail in parts: cut and detached while it is written to, complete, chained, and still append-only. */

import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemActor } from '../../src/domain/audit-event.js';
import { sqlOn } from '../../src/store/sql.js';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { readTrail } from './verifier.js';

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
const cut = () => services.store.transaction((tx) => tx.auditPartitions.next());
const FUTURE = new Date('2100-01-01T00:00:00Z');
const sequences = async () =>
  (await readTrail(services.database.dataSource)).rows.map(({ sequence }) => sequence);

test('cuts under load lose no event and leave one chain', async () => {
  const before = (await sequences()).length;
  const cuts = Array.from({ length: 4 }, () => cut().catch(() => false));
  await Promise.all([...Array.from({ length: 100 }, append), ...cuts]);
  await cut();
  const after = await sequences();
  expect(after).toEqual(Array.from({ length: before + 100 }, (_, place) => place + 1));
  expect(unwrap(await services.useCases.exportAudit(services.admin, 0, 1000)).links).toHaveLength(
    before + 100,
  );
});

test('every part refuses changes, by whichever name, also when it is detached', async () => {
  await cut();
  await append();
  await cut();
  await services.countOn();
  const [detached] = await services.useCases.detachAudit(FUTURE);
  const parts = await sql('select name from audit_part');
  expect(parts.map(({ name }) => name)).toContain(detached?.archive);
  for (const { name } of parts)
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

test('what is detached is on record with the hash that the rest is chained to, and nothing is deleted', async () => {
  const trail = await readTrail(services.database.dataSource);
  await cut();
  await append();
  expect(await services.useCases.detachAudit(new Date('2000-01-01T00:00:00Z'))).toEqual([]);
  await services.countOn();
  const [part] = await services.useCases.detachAudit(FUTURE);
  expect(part).toMatchObject({ first: 1, last: trail.head.sequence, hash: trail.head.hash });
  expect(await sql(`select from ${part?.archive}`)).toHaveLength(trail.rows.length);
  const { anchor, links } = unwrap(await services.useCases.exportAudit(services.admin, 0, 1000));
  expect(anchor).toEqual({ sequence: part?.last, hash: part?.hash });
  expect(links[0]?.sequence).toBe(trail.head.sequence + 1);
  expect(JSON.parse(links.at(-1)?.canonical ?? '')).toMatchObject({
    type: 'audit_detached',
    details: part,
  });
});

test('the open part is never detached', async () => {
  await services.countOn();
  expect(await services.useCases.detachAudit(FUTURE)).toEqual([]);
});
