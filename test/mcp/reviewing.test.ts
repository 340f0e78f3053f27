/** A security review by an agent: its own doings for the asking, everybody's and the keys under a grant that a person gave. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { approvedGrant } from '../flow/grants.js';
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

test('without a grant it sees its own doings through both doors, is told so, and no keys', async () => {
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

test('under a grant it sees everybody\u2019s through both doors, and every look is counted and on record', async () => {
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
  const looks = await services.store.audit.list({ type: 'records_read' }, { limit: 9 });
  expect(looks.items).toMatchObject(
    Array(3).fill({ grant, resources: [AUDIT], actor: { name: 'reviewer' } }),
  );

  unwrap(await services.useCases.releaseGrant(reviewer, grant));
  expect(fields(await call(client, 'query-audit-log'))).toMatchObject({ seen: 'own' });
  expect(await overRest()).not.toContain('other-agent');
});

test('the trail can be narrowed, and a narrowing that makes no sense is refused', async () => {
  const narrow = async (filter: Record<string, unknown>) => call(client, 'query-audit-log', filter);
  const mine = fields(await narrow({ type: 'approval_requested', resource: AUDIT }));
  expect(mine['events']).toMatchObject([{ type: 'approval_requested', resources: [AUDIT] }]);
  expect(fields(await narrow({ until: '2020-01-01T00:00:00Z' }))['events']).toEqual([]);
  expect((await narrow({ resource: 'vsecure://audit/..' })).error.code).toBe('invalid_resource');
  expect((await narrow({ since: 'yesterday' })).error.code).toBe('invalid_input');
  expect((await narrow({ cursor: 'appr_1' })).error.code).toBe('invalid_input');
});

test('under a grant it sees whose keys there are, and never a key', async () => {
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
