/** Paged lists return every row once, in one order, under concurrent writes. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemActor } from '../../src/domain/audit-event.js';
import type { Caller } from '../../src/domain/rights.js';
import { ownVisibility } from '../../src/domain/visibility.js';
import type { Listed, Page } from '../../src/ports/index.js';
import { buildServices, type Services } from '../support/services.js';

const SIZE = 25;
const path = (n: number) => `vsecure://secrets/production/S${String(n).padStart(4, '0')}`;

let services: Services;
let caller: Caller;
let written = 0;
beforeAll(async () => {
  services = await buildServices();
  await services.policy({ requiresApproval: false });
  ({ caller } = await services.agent());
  for (let n = 0; n < SIZE; n += 1) await write();
});
afterAll(() => services.close());

/** A secret, an approval, a grant and the events of all three. */
async function write(): Promise<void> {
  written += 1;
  const resource = path(written);
  await services.secret('value', resource);
  await services.ask(caller, { resources: [resource] });
}

async function pages<T>(
  list: (page: Page) => Promise<Listed<T>>,
  limit: number,
  between: () => Promise<unknown> = async () => {},
): Promise<T[][]> {
  const found: T[][] = [];
  for (let after: string | undefined; ; ) {
    const { items, next } = await list({ limit, after });
    found.push([...items]);
    if (next === undefined) return found;
    after = next;
    await between();
  }
}

const LISTS = {
  approvals: (page: Page) => services.store.approvals.list({}, page),
  grants: (page: Page) => services.store.grants.list({ activeOnly: true }, page),
  secrets: (page: Page) => services.store.secrets.list(page),
  'audit events': async (page: Page) => {
    const { items, ...rest } = await services.store.audit.list({}, page);
    return { ...rest, items: items.map((item) => ({ ...item, id: String(item.sequence) })) };
  },
} satisfies Record<string, (page: Page) => Promise<Listed<{ id: string }>>>;
type List = (page: Page) => Promise<Listed<{ readonly id: string }>>;

describe.each(Object.entries<List>(LISTS))('%s', (_, list) => {
  test.each([1, 2, 7, SIZE - 1, SIZE, SIZE + 1, 200])(
    'in pages of %d are complete and in one order',
    async (limit) => {
      const all = (await list({ limit: 1000 })).items.map(({ id }) => id);
      const found = await pages(list, limit);
      expect(found.flat().map(({ id }) => id)).toEqual(all);
      expect(new Set(all).size).toBe(all.length);
      for (const page of found.slice(0, -1)) expect(page).toHaveLength(limit);
      expect(found.at(-1)?.length).toBeGreaterThan(0);
    },
  );

  test('neither lose nor repeat an existing row while rows are added', async () => {
    const before = (await list({ limit: 1000 })).items.map(({ id }) => id);
    let times = 0;
    const writeSome = async () => {
      times += 1;
      if (times <= 3) await Promise.all([write(), write()]);
    };
    const found = (await pages(list, 4, writeSome)).flat().map(({ id }) => id);
    expect(new Set(found).size).toBe(found.length);
    expect(found).toEqual(expect.arrayContaining(before));
    const old = new Set(before);
    expect(found.filter((id) => old.has(id))).toEqual(before);
  });
});

describe('approvals and events that share a moment', () => {
  test('are each on one page when pages have one row', async () => {
    await services.database.dataSource.query(
      `update approval set created_at = date_trunc('day', created_at), expires_at = expires_at + interval '1 day'`,
    );
    const found = (await pages(LISTS.approvals, 1)).flat().map(({ id }) => id);
    expect(found).toHaveLength(written);
    expect(new Set(found).size).toBe(written);
  });
});

describe('the audit trail', () => {
  const audit = (filter: Parameters<Services['store']['audit']['list']>[0], limit = 3) =>
    pages((page) => services.store.audit.list(filter, page), limit);

  test('by resource returns every event that the pattern covers, in full pages', async () => {
    const all = (await services.store.audit.list({}, { limit: 1000 })).items;
    const found = await audit({ resource: path(3) });
    expect(found.flat()).toEqual(all.filter(({ resources }) => resources?.includes(path(3))));
    const below = await audit({ resource: 'vsecure://secrets/**' }, 50);
    expect(below.flat()).toEqual(all.filter(({ resources = [] }) => resources.length > 0));
    expect((await audit({ resource: 'vsecure://secrets/development/*' })).flat()).toEqual([]);
  });

  test('by resource finds an event behind many others', async () => {
    const event = { type: 'foreign_request', actor: systemActor('noise') } as const;
    await services.store.transaction(async (tx) => {
      for (let n = 0; n < 1200; n += 1) tx.record(event);
    });
    const found = (await audit({ resource: path(1) }, 1)).flat();
    expect(found.map(({ type }) => type)).toEqual([
      'access_granted',
      'approval_requested',
      'secret_written',
    ]);
  });

  test('by type, actor, acting key and time returns exactly the matching events', async () => {
    const all = (await services.store.audit.list({}, { limit: 5000 })).items;
    const { id, name } = caller.principal;
    const middle = new Date(all[Math.floor(all.length / 2)]?.at ?? 0);
    const cases = [
      [{ type: 'secret_written' }, (e: (typeof all)[number]) => e.type === 'secret_written'],
      [{ actor: name }, (e: (typeof all)[number]) => e.actor.name === name],
      [{ visibility: ownVisibility(false, [id]) }, (e: (typeof all)[number]) => e.actor.id === id],
      [{ since: middle }, (e: (typeof all)[number]) => new Date(e.at) >= middle],
      [{ until: middle }, (e: (typeof all)[number]) => new Date(e.at) < middle],
    ] as const;
    for (const [filter, wanted] of cases) {
      const expected = all.filter(wanted).map(({ sequence }) => sequence);
      const found = (await audit(filter, 100)).flat().map(({ sequence }) => sequence);
      expect(found, JSON.stringify(filter)).toEqual(expected);
      expect(found.length).toBeGreaterThan(0);
    }
  });
});
