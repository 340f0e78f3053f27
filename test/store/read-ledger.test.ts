/** The read ledger: many reads share one transaction, and none affects the result of another. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../../src/domain/rights.js';
import type { ReadRequest } from '../../src/ports/index.js';
import { sqlOn } from '../../src/store/sql.js';
import { approvedGrant } from '../flow/short-grants.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildServices, DATABASE_URL, type Services, unwrap } from '../support/services.js';

const MISSING = 'vsecure://secrets/production/NOT_WRITTEN';
const ELSEWHERE = 'vsecure://secrets/elsewhere/KEY';
const TWICE = 'vsecure://secrets/twice/KEY';

let services: Services;
let agent: Caller;
let other: Caller;
beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  await services.policy({ maxUses: 2 }, 'vsecure://secrets/twice/*');
  await services.secret('the first value');
  await services.secret('the second value');
  await services.secret('twice', TWICE);
  agent = (await services.agent()).caller;
  other = (await services.agent('another-agent')).caller;
  await approvedGrant(services, agent, { resources: [DATABASE_URL, MISSING] });
  await approvedGrant(services, agent, { resources: [TWICE] });
});
afterAll(() => services.close());

const readOf = ({ principal, key }: Caller, resource: string, version?: number): ReadRequest => ({
  principal: principal.id,
  principalName: principal.name,
  key: key.id,
  resource,
  version,
});

test('reads of one group each get their own result, and refused reads do not affect the others', async () => {
  const reads = [
    readOf(agent, DATABASE_URL),
    readOf(other, DATABASE_URL),
    readOf(agent, DATABASE_URL, 1),
    readOf(agent, DATABASE_URL, 7),
    readOf(agent, MISSING),
    readOf(agent, ELSEWHERE),
    readOf(agent, DATABASE_URL),
    readOf(agent, 'not a resource at all'),
  ];
  const before = await lastSequence();
  const answers = await Promise.all(reads.map((read) => services.ledger.open(read)));
  const outcomes = answers.map((answer) => {
    if (!answer.ok) return answer.refusal.code;
    return Buffer.from(services.vault.open(answer.value.sealed, answer.value.place)).toString();
  });
  expect(outcomes).toEqual([
    'the second value',
    'approval_required',
    'the first value',
    'not_found',
    'not_found',
    'approval_required',
    'the second value',
    'approval_required',
  ]);
  const events = await eventsAfter(before);
  expect(events.map(({ type, refusal }) => (type === 'secret_read' ? 'read' : refusal))).toEqual(
    outcomes.map((word) => (word.includes('value') ? 'read' : word)),
  );
  expect(new Set(events.map(({ at }) => at)).size).toBe(1);
});

test('the same read through two keys of one principal is recorded under each', async () => {
  const wish = { name: agent.principal.name, class: 'agent', owner: 'bob@example.com' } as const;
  const made = unwrap(
    await services.useCases.manageKeys.create(services.admin, { ...wish, additional: true }),
  );
  const second = unwrap(await services.useCases.authenticate(made.token));
  const before = await lastSequence();
  await Promise.all([agent, second].map((who) => services.ledger.open(readOf(who, DATABASE_URL))));
  const events = await eventsAfter(before);
  expect(events.map(({ key }) => key)).toEqual([agent.key.id, second.key.id]);
});

test('the first reads get the uses of a grant, and versions share them', async () => {
  const reads = [readOf(agent, TWICE), readOf(agent, TWICE, 1), readOf(agent, TWICE)];
  const answers = await Promise.all(reads.map((read) => services.ledger.open(read)));
  expect(answers).toMatchObject([
    { ok: true },
    { ok: true },
    { ok: false, refusal: { code: 'grant_ended', how: 'used_up' } },
  ]);
});

test('more reads than one transaction takes are all answered and recorded', async () => {
  const before = await lastSequence();
  const reads = Array.from({ length: 1000 }, () => readOf(agent, DATABASE_URL));
  const answers = await Promise.all(reads.map((read) => services.ledger.open(read)));
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1000);
  expect(await eventsAfter(before)).toHaveLength(1000);
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
});

async function lastSequence(): Promise<string> {
  const [head] = await sqlOn(services.database.dataSource)<{ sequence: string }>(
    'select sequence from audit_head',
  );
  return head?.sequence ?? '0';
}

function eventsAfter(sequence: string) {
  return sqlOn(services.database.dataSource)<Record<'type' | 'refusal' | 'key' | 'at', string>>(
    `select body ->> 'type' as type, body ->> 'refusal' as refusal, body -> 'details' ->> 'key' as key, at::text
     from audit_event where sequence > $1 order by sequence`,
    [sequence],
  );
}
