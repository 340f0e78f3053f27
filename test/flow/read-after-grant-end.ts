/** Three ways in which a ledger that trusts any clock but the database's would open a grant after its end. */
import type { GrantId } from '../../src/domain/grant.js';
import type { Caller } from '../../src/domain/rights.js';
import type { ReadLedger } from '../../src/ports/index.js';
import { sqlIn, sqlOn } from '../../src/store/sql.js';
import { DATABASE_URL, type Services } from '../support/services.js';
import { until } from '../support/until.js';
import { approvedGrant, endIn, hasEnded, untilEnded } from './short-grants.js';

export interface Scene {
  readonly services: Services;
  readonly ledger: ReadLedger;
  readonly caller: Caller;
}

/** What was opened after the end, in words. Empty when all is well. */
export async function readsAfterTheEnd(scene: Scene): Promise<string[]> {
  return [
    ...(await readingAcrossTheEnd(scene)),
    ...(await waitingAcrossTheEnd(scene)),
    ...(await standingStillAcrossTheEnd(scene)),
  ];
}

const open = ({ ledger, caller: { principal, key } }: Scene) =>
  ledger.open({
    principal: principal.id,
    principalName: principal.name,
    key: key.id,
    resource: DATABASE_URL,
  });

async function shortGrant({ services, caller }: Scene, ms: number): Promise<GrantId> {
  const grant = await approvedGrant(services, caller);
  await endIn(services, grant, ms);
  return grant;
}

/** Eight readers go on until each has seen the end. A read that began when it was over must not have got through. */
async function readingAcrossTheEnd(scene: Scene): Promise<string[]> {
  const grant = await shortGrant(scene, 800);
  const reads: { readonly over: boolean; readonly ok: boolean }[] = [];
  const reader = async () => {
    for (let late = 0; late < 25; ) {
      const over = await hasEnded(scene.services, grant);
      if (over) late += 1;
      reads.push({ over, ok: (await open(scene)).ok });
    }
  };
  await Promise.all(Array.from({ length: 8 }, reader));
  const after = reads.filter(({ over }) => over);
  if (!reads.some(({ ok }) => ok)) return ['nothing could be read before the end'];
  return after.some(({ ok }) => ok) ? ['a read that began after the end was let through'] : [];
}

/** A read begins before the end and has to wait for the grant's row until after it. */
async function waitingAcrossTheEnd(scene: Scene): Promise<string[]> {
  const { dataSource } = scene.services.database;
  const grant = await shortGrant(scene, 1_500);
  const reading = await dataSource.transaction(async (manager) => {
    await sqlIn(manager)('select 1 from access_grant where id = $1 for update', [grant]);
    const answer = open(scene);
    await until('the read to wait for the row', async () => {
      const waiting = await sqlOn(dataSource)(
        `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
      );
      return waiting.length > 0;
    });
    if (await hasEnded(scene.services, grant))
      throw new Error('the grant ended before the read waited');
    await untilEnded(scene.services, grant);
    return { answer };
  });
  const { ok } = await reading.answer;
  return ok ? ['a read that waited across the end was let through'] : [];
}

/** The process does nothing at all until after the end, and then reads before it does anything else. */
async function standingStillAcrossTheEnd(scene: Scene): Promise<string[]> {
  await shortGrant(scene, 600);
  const before = await open(scene);
  if (!before.ok) return ['nothing could be read before the end'];
  const still = new Int32Array(new SharedArrayBuffer(4));
  Atomics.wait(still, 0, 0, before.value.remainingMs + 50);
  return (await open(scene)).ok ? ['a read after a standstill was let through'] : [];
}
