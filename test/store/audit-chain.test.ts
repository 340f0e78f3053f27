/** The audit trail is one chain under any number of concurrent writers, and every change to it is detected. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '../../src/domain/audit-event.js';
import { buildServices, DATABASE_URL, type Services, unwrap } from '../support/services.js';
import { anotherProcess } from './scene.js';
import { exportTrail, firstFault, type Row, type Trail } from './trail.js';

let services: Services;
let trail: Trail;
beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  await services.secret();
  const { caller } = await services.agent();
  const alice = await services.decider('alice@example.com');
  const { useCases } = services;
  for (let round = 0; round < 12; round += 1) {
    const { id } = await services.ask(caller, { renew: true });
    const decision = {
      approval: id,
      verdict: 'approve',
      reason: `round ${round}: go \u{1F511}`,
    } as const;
    unwrap(await useCases.decide(alice, decision));
    unwrap(await useCases.readSecret(caller, { resource: DATABASE_URL }));
    await useCases.requestAccess(caller, { resources: ['..'], operation: 'read', reason: 'x' });
    await useCases.recordForeignWorkspace('T0EVIL', 'U0EVIL', 'button');
  }
  trail = await exportTrail(services);
});
afterAll(() => services.close());

const changed = (rows: readonly Row[]): Trail => ({ ...trail, links: [...rows] });
const replaced = (index: number, ...by: Row[]) => changed(trail.links.toSpliced(index, 1, ...by));

describe('the chain that the use cases write', () => {
  test('is accepted by the verifier that is shipped', async () => {
    expect(trail.links.length).toBeGreaterThan(80);
    expect(await firstFault(trail)).toBeUndefined();
  });

  test('reveals an edit of any column of any row, and the row', async () => {
    for (const [index, row] of trail.links.entries()) {
      const digit = row.hash.startsWith('0') ? '1' : '0';
      const edits: Row[] = [
        { ...row, canonical: row.canonical.replace('"type":"', '"type":"x') },
        { ...row, canonical: `${row.canonical} ` },
        { ...row, canonical: row.canonical.slice(0, -1) },
        { ...row, hash: digit + row.hash.slice(1) },
        { ...row, at: row.at.replace(/.Z$/, (end) => (end === '0Z' ? '1Z' : '0Z')) },
        { ...row, sequence: row.sequence + 1 },
        { ...row, body: row.body.replace('"type": "', '"type": "x') },
        { ...row, body: '' },
      ];
      for (const edit of edits)
        expect(await firstFault(replaced(index, edit))).toMatch(`${index + 1}: `);
    }
  });

  test('reveals each row that was deleted, duplicated or swapped', async () => {
    const { links: rows } = trail;
    for (const [index, row] of rows.entries()) {
      const next = rows[index + 1];
      expect(await firstFault(replaced(index))).toMatch(
        next ? `${index + 1}: ` : 'the end of the trail is missing',
      );
      expect(await firstFault(replaced(index, row, row))).toMatch(`${index + 2}: `);
      if (!next) continue;
      const swapped = rows.toSpliced(index, 2, next, row);
      expect(await firstFault(changed(swapped))).toMatch(`${index + 1}: `);
      const renumbered = rows.toSpliced(
        index,
        2,
        { ...next, sequence: row.sequence, at: row.at },
        { ...row, sequence: next.sequence, at: next.at },
      );
      expect(await firstFault(changed(renumbered))).toMatch(`${index + 1}: `);
    }
  });

  test('reveals a missing end, the trail of another installation, and a changed head', async () => {
    for (let kept = 0; kept < trail.links.length; kept += 1)
      expect(await firstFault(changed(trail.links.slice(0, kept)))).toBe(
        `${kept + 1}: the end of the trail is missing`,
      );
    expect(await firstFault({ ...trail, installation: 'inst_other' })).toMatch('1: its hash');
    const { links, head } = trail;
    const { sequence, hash } = head ?? { sequence: 0, hash: '' };
    const heads: [Trail['head'], string][] = [
      [{ sequence: sequence + 1, hash }, 'the end of the trail is missing'],
      [{ sequence: sequence - 1, hash: links.at(-2)?.hash ?? '' }, 'the head is behind'],
      [{ sequence, hash: '0'.repeat(64) }, 'the head is not the hash'],
      [undefined, 'the row with the head of the trail is missing'],
    ];
    for (const [forged, problem] of heads)
      expect(await firstFault({ ...trail, head: forged })).toMatch(problem);
  });
});

test.each([
  `update audit_event set canonical = '{}' where sequence = 3`,
  `update audit_event set hash = hash`,
  `update audit_event set at = clock_timestamp()`,
  `update audit_event set sequence = sequence + 1000`,
  'delete from audit_event where sequence = (select max(sequence) from audit_event)',
  'delete from audit_event',
  'truncate audit_event',
  'truncate audit_event cascade',
])('the database refuses: %s', async (statement) => {
  const { dataSource } = services.database;
  await expect(dataSource.query(statement)).rejects.toThrow('the audit trail is append-only');
  expect(await exportTrail(services)).toEqual(trail);
});

describe('under concurrency', () => {
  test('two processes that write, read and fail at once leave one chain without gaps', async () => {
    const other = await anotherProcess(services);
    const { caller } = await services.agent('busy');
    const before = (await exportTrail(services)).links.length;
    const read = {
      principal: caller.principal.id,
      principalName: 'busy',
      key: caller.key.id,
      resource: DATABASE_URL,
    };
    const event = { type: 'foreign_request', actor: systemActor('a test') } as const;
    const work = Array.from({ length: 200 }, async (_, turn) => {
      const { store, ledger } = turn % 2 ? services : other;
      if (turn % 4 === 0) return ledger.open(read);
      return store
        .transaction(async (tx) => {
          tx.record(event);
          await tx.now();
          tx.record(event);
          if (turn % 5 === 0) throw new Error('broken off');
        })
        .catch(() => 'broken off');
    });
    const outcomes = await Promise.all(work);
    await other.close();
    const broken = outcomes.filter((outcome) => outcome === 'broken off').length;
    const after = await exportTrail(services);
    expect(broken).toBe(30);
    expect(await firstFault(after)).toBeUndefined();
    expect(after.links).toHaveLength(before + 50 + 2 * (150 - broken));
    expect(after.links.slice(0, before).map(({ hash }) => hash)).toEqual(
      (await exportTrail(services)).links.slice(0, before).map(({ hash }) => hash),
    );
  });

  test('a transaction that throws leaves neither events nor rows', async () => {
    const before = await exportTrail(services);
    const failed = services.store.transaction(async (tx) => {
      tx.record({ type: 'person_changed', actor: systemActor('a test') });
      await tx.people.ensure('ghost@example.com');
      throw new Error('changed my mind');
    });
    await expect(failed).rejects.toThrow('changed my mind');
    expect(await exportTrail(services)).toEqual(before);
    expect(await services.store.people.byEmail('ghost@example.com')).toBeUndefined();
  });

  test('a change whose audit event cannot be written is not made', async () => {
    const failed = services.store.transaction(async (tx) => {
      await tx.people.ensure('ghost@example.com');
      tx.record({ type: 'person_changed', actor: systemActor('a test'), reason: '\uD800' });
    });
    await expect(failed).rejects.toThrow(TypeError);
    expect(await services.store.people.byEmail('ghost@example.com')).toBeUndefined();
  });
});
