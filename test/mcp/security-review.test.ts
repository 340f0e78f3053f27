/** A security review by an agent: its own events without a grant, all events and the list of keys under a grant. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { approvedGrant } from '../flow/short-grants.js';
import { type Serving, startServing } from '../http/serving.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { type AnyClient, call, fields, startEndpoint, type TestEndpoint } from './endpoint.js';

const AUDIT = 'vsecure://audit';
const KEYS = 'vsecure://api-keys';

let services: Services;
let endpoint: TestEndpoint;
let rest: Serving;
let client: AnyClient;
let token: string;
let reviewer: Services['admin'];

beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  for (const uri of [AUDIT, KEYS]) await services.policy({}, uri);
  const other = await services.agent('other-agent');
  await services.ask(other.caller);
  const made = await services.agent('reviewer');
  token = made.token;
  reviewer = made.caller;
  endpoint = await startEndpoint({ useCases: services.useCases, keys: { reviewer } });
  client = await endpoint.client('reviewer');
  rest = await startServing(services);
});
afterAll(async () => {
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  await endpoint.close();
  await rest.close();
});

const actors = (events: unknown) =>
  new Set(
    (events as { actor: string | { name: string } }[]).map(({ actor }) =>
      typeof actor === 'string' ? actor : actor.name,
    ),
  );

const overRest = async () => {
  const { json } = await rest.api('GET', '/audit', { token });
  return actors((json as { items: unknown }).items);
};

test('without a grant an agent sees only its own events over MCP and REST, learns so, and sees no keys', async () => {
  await services.ask(reviewer, { duration: 60_000 });
  const own = fields(await call(client, 'query-audit-log'));
  expect(own).toMatchObject({
    seen: 'own',
    next: { tool: 'request-access', arguments: { resources: [AUDIT], operation: 'read' } },
  });
  expect(actors(own['events'])).toContain('reviewer');
  expect(actors(own['events'])).not.toContain('other-agent');
  expect(await overRest()).not.toContain('other-agent');
  const keys = await call(client, 'list-api-keys');
  expect(keys.error).toMatchObject({
    code: 'approval_required',
    next: { tool: 'request-access', arguments: { resources: [KEYS], operation: 'read' } },
  });
  const refusals = await services.store.audit.list({ type: 'use_refused' }, { limit: 9 });
  expect(refusals.items).toMatchObject([{ resources: [KEYS], refusal: 'approval_required' }]);
});

test('under a grant an agent sees all events over MCP and REST, and every query is counted and recorded', async () => {
  const grant = await approvedGrant(services, reviewer, { resources: [AUDIT] });
  const whole = fields(await call(client, 'query-audit-log', { limit: 2 }));
  expect(whole).toMatchObject({ seen: 'all', next_cursor: expect.any(String) });
  expect(whole).not.toHaveProperty('next');
  const before = { cursor: whole['next_cursor'], type: 'approval_requested' };
  expect(actors(fields(await call(client, 'query-audit-log', before))['events'])).toContain(
    'other-agent',
  );
  expect(await overRest()).toContain('other-agent');
  expect(await services.store.grants.find(grant)).toMatchObject({ uses: 3 });
  const reads = await services.store.audit.list({ type: 'records_read' }, { limit: 9 });
  expect(reads.items).toMatchObject(
    Array(3).fill({ grant, resources: [AUDIT], actor: { name: 'reviewer' } }),
  );

  unwrap(await services.useCases.releaseGrant(reviewer, grant));
  expect(fields(await call(client, 'query-audit-log'))).toMatchObject({ seen: 'own' });
  expect(await overRest()).not.toContain('other-agent');
});

test('the audit log can be filtered, and an invalid filter is refused', async () => {
  const query = async (filter: Record<string, unknown>) => call(client, 'query-audit-log', filter);
  const mine = fields(await query({ type: 'approval_requested', resource: AUDIT }));
  expect(mine['events']).toMatchObject([{ type: 'approval_requested', resources: [AUDIT] }]);
  expect(fields(await query({ until: '2020-01-01T00:00:00Z' }))['events']).toEqual([]);
  expect((await query({ resource: 'vsecure://audit/..' })).error.code).toBe('invalid_resource');
  expect((await query({ since: 'yesterday' })).error.code).toBe('invalid_input');
  expect((await query({ cursor: 'appr_1' })).error.code).toBe('invalid_input');
});

test('under a grant an agent sees the owner of every key, and never a key', async () => {
  const grant = await approvedGrant(services, reviewer, { resources: [KEYS] });
  const answer = await call(client, 'list-api-keys');
  expect(fields(answer)['keys']).toMatchObject([
    { owner: 'admin@example.com', class: 'human' },
    { name: 'other-agent', class: 'agent', owner: 'bob@example.com' },
    { name: 'reviewer', key_id: reviewer.key.id },
  ]);
  expect(answer.text).not.toMatch(/vsk_|hash|hint/);
  expect(await services.store.grants.find(grant)).toMatchObject({ uses: 1 });
});
