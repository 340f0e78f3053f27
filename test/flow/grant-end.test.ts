/** A grant is over when the database's clock says so. No sweeper runs here. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { chainHash } from '../../src/crypto/chain-hash.js';
import type { Caller } from '../../src/domain/rights.js';
import { createReadLedger } from '../../src/store/read-ledger.js';
import { sqlOn } from '../../src/store/sql.js';
import { createReadSecret } from '../../src/usecases/secrets/read-secret.js';
import { testDatabase } from '../support/database.js';
import { brokenInvariants } from '../support/invariants.js';
import {
  buildServices,
  DATABASE_URL,
  refusalOf,
  type Services,
  type ServicesOptions,
  unwrap,
} from '../support/services.js';
import { createTimerLedger, withFrozenClock } from './broken-ledgers.js';
import { readsAfterTheEnd } from './read-after-grant-end.js';
import { approvedGrant, endIn } from './short-grants.js';

let services: Services;
let caller: Caller;
beforeAll(async () => {
  services = await newServices();
  caller = (await services.agent()).caller;
});
afterAll(() => services.close());

async function newServices(options: ServicesOptions = {}): Promise<Services> {
  const built = await buildServices(options);
  await built.policy();
  await built.secret('s3cret-value');
  return built;
}

const read = (who: Caller = caller) =>
  services.useCases.readSecret(who, { resource: DATABASE_URL });

describe('the end of a grant', () => {
  test('no read succeeds after the end of a grant: not in a series, not after a lock wait, not after a pause of the process', async () => {
    expect(await readsAfterTheEnd({ services, ledger: services.ledger, caller })).toEqual([]);
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  });

  test('a ledger that uses the start time of its transaction would allow a read after the end', async () => {
    const database = await testDatabase();
    const frozen = await newServices({ database });
    onTestFinished(() => frozen.close());
    const agent = await frozen.agent();
    const dataSource = await withFrozenClock(database);
    onTestFinished(() => dataSource.destroy());
    const ledger = createReadLedger(dataSource, chainHash, frozen.installation);
    const found = await readsAfterTheEnd({ services: frozen, ledger, caller: agent.caller });
    expect(found).toEqual(['a read that waited across the end was let through']);
  });

  test('a ledger that relies on a timer in its process would allow a read after the end', async () => {
    const ledger = createTimerLedger(services.ledger);
    const found = await readsAfterTheEnd({ services, ledger, caller });
    expect(found).toContain('a read after a standstill was let through');
  });

  test('a process that is paused between check and answer returns no value after the end', async () => {
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

describe('a grant that ended early', () => {
  test('a grant with one use gives the value to one of 200 readers, and the refusals of the others are recorded', async () => {
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

  test('the next read after a release is refused', async () => {
    const grant = await approvedGrant(services, caller);
    unwrap(await read());
    unwrap(await services.useCases.releaseGrant(caller, grant));
    expect(await read()).toMatchObject({ refusal: { code: 'grant_ended', how: 'released' } });
  });

  test('the next read after a revocation is refused', async () => {
    const grant = await approvedGrant(services, caller);
    unwrap(await read());
    const alice = await services.person('alice@example.com');
    unwrap(await services.useCases.revokeGrant(alice, grant, 'not today'));
    expect(await read()).toMatchObject({ refusal: { code: 'grant_ended', how: 'revoked' } });
  });
});

describe('an active grant', () => {
  test('an active grant works only for its own principal', async () => {
    await approvedGrant(services, caller);
    unwrap(await read());
    const other = await services.agent('another-agent');
    expect(refusalOf(await read(other.caller))).toBe('approval_required');
    expect(refusalOf(await read(services.admin))).toBe('approval_required');
  });

  test('an active grant gives no access to another secret under the same policy', async () => {
    const other = 'vsecure://secrets/production/OTHER';
    await services.secret('other', other);
    await approvedGrant(services, caller);
    const answer = await services.useCases.readSecret(caller, { resource: other });
    expect(refusalOf(answer)).toBe('approval_required');
  });

  test('an active grant is refused while its policy does not permit reading', async () => {
    await approvedGrant(services, caller);
    await services.policy({ permissions: ['list'] });
    expect(refusalOf(await read())).toBe('not_permitted');
    await services.policy({ permissions: ['read'] });
    unwrap(await read());
  });

  test('an active grant is refused where a more specific policy now decides', async () => {
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
