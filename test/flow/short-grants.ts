/** Grants whose end a test can bring near, judged by the database's clock. */
import type { GrantId } from '../../src/domain/grant.js';
import type { Caller } from '../../src/domain/rights.js';
import { only, sqlOn } from '../../src/store/sql.js';
import type { AccessRequest } from '../../src/usecases/approvals/request-access.js';
import { type Services, unwrap } from '../support/services.js';
import { until } from '../support/until.js';

/** Asks and has alice approve. */
export async function approvedGrant(
  services: Services,
  caller: Caller,
  ask: Partial<AccessRequest> = {},
): Promise<GrantId> {
  const { id } = await services.ask(caller, { renew: true, ...ask });
  const alice = await services.decider('alice@example.com');
  unwrap(
    await services.useCases.decide(alice, { approval: id, verdict: 'approve', reason: 'yes' }),
  );
  const grant = await services.store.grants.ofApproval(id);
  if (!grant) throw new Error('an approval brought no grant');
  return grant.id;
}

/** Lets the grant end `ms` from now. */
export async function endIn({ database }: Services, id: GrantId, ms: number): Promise<void> {
  await sqlOn(database.dataSource)(
    `update access_grant set starts_at = clock_timestamp() - interval '1 minute',
       ends_at = clock_timestamp() + $2::float8 * interval '1 ms' where id = $1`,
    [id, ms],
  );
}

export async function hasEnded({ database }: Services, id: GrantId): Promise<boolean> {
  const { over } = only(
    await sqlOn(database.dataSource)<{ over: boolean }>(
      'select ends_at <= clock_timestamp() as over from access_grant where id = $1',
      [id],
    ),
  );
  return over;
}

export const untilEnded = (services: Services, id: GrantId) =>
  until('the end of the grant', () => hasEnded(services, id));
