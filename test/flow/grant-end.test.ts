/** A grant is over when the database's clock says so. No sweeper runs here. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { chainHash } from '../../src/crypto/chain-hash.js';
import type { Caller } from '../../src/domain/rights.js';
import { openDatabase } from '../../src/store/database.js';
import { createReadLedger } from '../../src/store/read-ledger.js';
import { sqlOn } from '../../src/store/sql.js';
import { createReadSecret } from '../../src/usecases/secrets/read-secret.js';
import { brokenInvariants } from '../support/invariants.js';
import {
  buildServices,
  DATABASE_URL,
  refusalOf,
  type Services,
  unwrap,
} from '../support/services.js';
import { openedAfterTheEnd } from './after-the-end.js';
import { approvedGrant, endIn } from './grants.js';
import { createTimerLedger, freezeClockInTransactions } from './ledger-mutants.js';

let services: Services;
let caller: Caller;
beforeAll(async () => {
  services = await newServices();
  caller = (await services.agent()).caller;
});
afterAll(() => services.close());

async function newServices(): Promise<Services> {
  const built = await buildServices();
  await built.policy();
  await built.secret('s3cret-value');
  return built;
}

const read = (who: Caller = caller) =>
  services.useCases.readSecret(who, { resource: DATABASE_URL });

describe('the end of a grant', () => {
  test('is never passed by a read: not in a stream of them, nor by one that waits or stands still across it', async () => {
    expect(await openedAfterTheEnd({ services, ledger: services.ledger, caller })).toEqual([]);
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  });

  test('would be passed by a ledger that looks at the time at which its transaction began', async () => {
    const frozen = await newServices();
    onTestFinished(() => frozen.close());
    const agent = await frozen.agent();
    await freezeClockInTransactions(frozen.database.dataSource);
    const dataSource = await openDatabase(frozen.database.connection);
    onTestFinished(() => dataSource.destroy());
    const ledger = createReadLedger(dataSource, chainHash, frozen.installation);
    const found = await openedAfterTheEnd({ services: frozen, ledger, caller: agent.caller });
    expect(found).toEqual(['a read that waited across the end was let through']);
  });

  test('would be passed by a ledger that leaves it to a timer of its own process', async () => {
    const ledger = createTimerLedger(services.ledger);
    const found = await openedAfterTheEnd({ services, ledger, caller });
    expect(found).toContain('a read after a standstill was let through');
  });

  test('closes a value that was already on its way out when the process stopped', async () => {
    const grant = await approvedGrant(services, caller);
    await endIn(services, grant, 60_000);
    const reading = (elapsed: number) => {
      const stamps = [5_000, 5_000 + elapsed];
      const stopwatch = () => stamps.shift() ?? Number.NaN;
      return createReadSecret(
        services.ledger,
        services.vault,
        stopwatch,
      )(caller, {
        resource: DATABASE_URL,
      });
    };
    expect(await reading(60_000)).toMatchObject({
      ok: false,
      refusal: { code: 'grant_ended', how: 'expired' },
    });
    expect(Buffer.from(unwrap(await reading(1)).value).toString()).toBe('s3cret-value');
    unwrap(await services.useCases.releaseGrant(caller, grant));
  });
});

describe('a grant that is over for another reason', () => {
  test('a grant of one use gives one of two hundred readers the value, and records why the others got none', async () => {
    const single = 'vsecure://secrets/single/KEY';
    await services.policy({ maxUses: 1 }, single);
    await services.secret('once', single);
    const grant = await approvedGrant(services, caller, { resources: [single] });
    const results = await Promise.all(
      Array.from({ length: 200 }, () => services.useCases.readSecret(caller, { resource: single })),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    expect(results.filter((one) => !one.ok && one.refusal.code === 'grant_ended')).toHaveLength(
      199,
    );
    const events = await sqlOn(services.database.dataSource)(
      `select body ->> 'type' as type, count(*)::int from audit_event where body ->> 'grant' = $1 and body -> 'resources' = $2::jsonb
         and body ->> 'type' like '%read%' group by type order by type`,
      [grant, JSON.stringify([single])],
    );
    expect(events).toEqual([
      { type: 'read_refused', count: 199 },
      { type: 'secret_read', count: 1 },
    ]);
    expect(await services.store.grants.find(grant)).toMatchObject({ status: 'used_up', uses: 1 });
  });

  test('a released grant is closed for the very next read', async () => {
    const grant = await approvedGrant(services, caller);
    unwrap(await read());
    unwrap(await services.useCases.releaseGrant(caller, grant));
    expect(await read()).toMatchObject({ refusal: { code: 'grant_ended', how: 'released' } });
  });

  test('a revoked grant is closed for the very next read', async () => {
    const grant = await approvedGrant(services, caller);
    unwrap(await read());
    const alice = await services.person('alice@example.com');
    unwrap(await services.useCases.revokeGrant(alice, grant, 'not today'));
    expect(await read()).toMatchObject({ refusal: { code: 'grant_ended', how: 'revoked' } });
  });
});

describe('a live grant', () => {
  test('opens for nobody but the principal that it was given to', async () => {
    await approvedGrant(services, caller);
    unwrap(await read());
    const other = await services.agent('another-agent');
    expect(refusalOf(await read(other.caller))).toBe('approval_required');
    expect(refusalOf(await read(services.admin))).toBe('approval_required');
  });

  test('opens no other secret under the same policy', async () => {
    const other = 'vsecure://secrets/production/OTHER';
    await services.secret('other', other);
    await approvedGrant(services, caller);
    const answer = await services.useCases.readSecret(caller, { resource: other });
    expect(refusalOf(answer)).toBe('approval_required');
  });

  test('is closed while its policy does not permit reading', async () => {
    await approvedGrant(services, caller);
    await services.policy({ permissions: ['list'] });
    expect(refusalOf(await read())).toBe('not_permitted');
    await services.policy({ permissions: ['read'] });
    unwrap(await read());
  });

  test('stays closed where a more specific policy has come to decide', async () => {
    const resource = 'vsecure://secrets/team/api/TOKEN';
    await services.policy({}, 'vsecure://secrets/team/**');
    await services.secret('token', resource);
    await approvedGrant(services, caller, { resources: [resource] });
    unwrap(await services.useCases.readSecret(caller, { resource }));
    await services.policy({ approvers: ['carol@example.com'] }, 'vsecure://secrets/team/api/*');
    const answer = await services.useCases.readSecret(caller, { resource });
    expect(refusalOf(answer)).toBe('not_permitted');
  });
});
