/** Without an audit event there is no value and no decision. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Caller } from '../../src/domain/rights.js';
import { sqlOn } from '../../src/store/sql.js';
import { approvedGrant } from '../flow/short-grants.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildServices, DATABASE_URL, type Services, unwrap } from '../support/services.js';

let services: Services;
let agent: Caller;
beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  await services.secret('s3cret-value');
  agent = (await services.agent()).caller;
});
afterAll(() => services.close());

const sql = (text: string) => sqlOn(services.database.dataSource)(text);
const read = () => services.useCases.readSecret(agent, { resource: DATABASE_URL });

/** Makes every insert into the audit trail fail. Resolves with a function that repairs it. */
async function breakAudit(): Promise<() => Promise<unknown>> {
  await sql(`create or replace function no_room() returns trigger language plpgsql as
    $$ begin raise exception 'the disk of the audit trail is full'; end $$`);
  await sql(
    'create trigger broken before insert on audit_event for each row execute function no_room()',
  );
  const repairAudit = () => sql('drop trigger if exists broken on audit_event');
  onTestFinished(async () => void (await repairAudit()));
  return repairAudit;
}

const uses = async (grant: Awaited<ReturnType<typeof approvedGrant>>) =>
  (await services.store.grants.find(grant))?.uses;

describe('while the audit trail cannot be written', () => {
  test('none of a thousand reads gets a value, and all do once it can be written', async () => {
    const grant = await approvedGrant(services, agent);
    const repairAudit = await breakAudit();
    const readings = await Promise.allSettled(Array.from({ length: 1000 }, read));
    expect(readings.filter(({ status }) => status === 'rejected')).toHaveLength(1000);
    expect(await uses(grant)).toBe(0);

    await repairAudit();
    const after = await Promise.all(Array.from({ length: 1000 }, read));
    expect(after.filter(({ ok }) => ok)).toHaveLength(1000);
    expect(await uses(grant)).toBe(1000);
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  });

  test('a refused read is not answered either: refusals are recorded as well', async () => {
    const { caller } = await services.agent('never-approved');
    await breakAudit();
    await expect(
      services.useCases.readSecret(caller, { resource: DATABASE_URL }),
    ).rejects.toThrow();
  });

  test('no decision is made: the approval stays pending, without vote or grant, until it can be written', async () => {
    const { id } = await services.ask(agent, { renew: true });
    const alice = await services.decider('alice@example.com');
    const decide = () => services.useCases.decide(alice, { approval: id, verdict: 'approve' });
    const repairAudit = await breakAudit();
    await expect(decide()).rejects.toThrow();
    expect(await services.store.approvals.find(id)).toMatchObject({ status: 'pending' });
    expect(await services.store.approvals.votes(id)).toEqual([]);
    expect(await services.store.grants.ofApproval(id)).toBeUndefined();

    await repairAudit();
    expect(unwrap(await decide()).status).toBe('approved');
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  });

  test('no request, cancellation, revocation or write is made, and no row changes', async () => {
    const grant = await approvedGrant(services, agent);
    const { id } = await services.ask(agent, { renew: true });
    const alice = await services.person('alice@example.com');
    await breakAudit();
    const { useCases } = services;
    const changes = [
      services.ask(agent, { renew: true, duration: 120_000 }),
      useCases.cancelRequest(agent, id),
      useCases.revokeGrant(alice, grant, 'enough'),
      useCases.releaseGrant(agent, grant),
      services.secret('another value'),
      services.policy({ approvers: ['mallory@example.com'] }),
    ];
    const outcomes = await Promise.allSettled(changes);
    expect(outcomes.map(({ status }) => status)).toEqual(changes.map(() => 'rejected'));
    expect(await services.store.approvals.find(id)).toMatchObject({
      status: 'pending',
      timesRequested: 1,
    });
    expect(await services.store.grants.find(grant)).toMatchObject({ status: 'active' });
    expect(await services.store.secrets.find(DATABASE_URL)).toMatchObject({ version: 1 });
    expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  });
});
