/** An agent of every kind changes secrets, lists its requests and grants, and never receives a value. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { approvedGrant } from '../flow/short-grants.js';
import { brokenInvariants } from '../support/invariants.js';
import { buildServices, type Services } from '../support/services.js';
import {
  type AnyClient,
  CLIENT_KINDS,
  call,
  fields,
  startEndpoint,
  type TestEndpoint,
} from './endpoint.js';

type Kind = (typeof CLIENT_KINDS)[number];

let services: Services;
let endpoint: TestEndpoint;
const names = (kind: Kind) => kind.replace(' ', '-');
const pattern = (kind: Kind) => `vsecure://secrets/${names(kind)}/*`;
/** The beginnings of the values that the server generated: a value may be cut to the requested length. */
const tokens: string[] = [];
/** The text of every answer. */
const answers: string[] = [];

beforeAll(async () => {
  services = await buildServices({
    change: (parts) => ({
      ...parts,
      makeToken(bytes) {
        const token = parts.makeToken(bytes);
        tokens.push(token.slice(0, 22));
        return token;
      },
    }),
  });
  const keys: Record<string, Awaited<ReturnType<Services['agent']>>['caller']> = {};
  for (const kind of CLIENT_KINDS) {
    await services.policy({ permissions: ['read', 'write', 'delete'] }, pattern(kind));
    const { caller } = await services.agent(names(kind));
    keys[kind] = caller;
    for (const operation of ['write', 'delete'] as const)
      await approvedGrant(services, caller, { resources: [pattern(kind)], operation });
  }
  keys['no-grants'] = (await services.agent('no-grants')).caller;
  endpoint = await startEndpoint({ useCases: services.useCases, keys });
});
afterAll(async () => {
  expect(endpoint.errors).toEqual([]);
  expect(tokens.length).toBeGreaterThan(0);
  for (const token of tokens) expect(answers.join('\n')).not.toContain(token);
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  await endpoint.close();
  await services.close();
});

async function callTool(client: AnyClient, tool: string, args: Record<string, unknown>) {
  const answer = await call(client, tool, args);
  answers.push(answer.text);
  return answer;
}

describe.each(CLIENT_KINDS)('%s', (kind) => {
  const resource = `vsecure://secrets/${names(kind)}/SESSION_KEY`;

  test('creates, updates, rotates and deletes a secret, and gets back only version numbers', async () => {
    const client = await endpoint.client(kind, kind);
    const created = await callTool(client, 'create-secret', { resource, generate: {} });
    expect(created.structured).toEqual({ resource, version: 1 });
    const again = await callTool(client, 'create-secret', { resource, generate: {} });
    expect(again.error).toMatchObject({ code: 'already_exists', next: { tool: 'update-secret' } });
    const update = { resource, value: 'canary-given-4711', expected_version: 1 };
    const updated = await callTool(client, 'update-secret', update);
    expect(updated.structured).toEqual({ resource, version: 2, previous_version: 1 });
    const late = await callTool(client, 'update-secret', update);
    expect(late.error.code).toBe('version_conflict');
    const rotate = { resource, generate: { length: 64 }, idempotency_key: 'rotation-1' };
    for (const _ of ['once', 'repeated after a lost answer']) {
      const rotated = await callTool(client, 'rotate-secret', rotate);
      expect(rotated.structured).toEqual({ resource, version: 3, previous_version: 2 });
    }
    const other = await callTool(client, 'rotate-secret', { ...rotate, generate: {} });
    expect(other.error.code).toBe('idempotency_mismatch');
    const read = await callTool(client, 'read-secret', { resource });
    expect(read.error.code).toBe('approval_required');
    const deleted = await callTool(client, 'delete-secret', { resource });
    expect(deleted.structured).toEqual({ resource, version: 3 });
    const gone = await callTool(client, 'update-secret', { resource, generate: {} });
    expect(gone.error).toMatchObject({ code: 'not_found', next: { tool: 'create-secret' } });
    expect(answers.join('\n')).not.toContain('canary-given-4711');
  });

  test('is offered a generated value, and gets a command for its user, when it gives no value', async () => {
    const client = await endpoint.client(kind, kind);
    for (const tool of ['create-secret', 'update-secret', 'rotate-secret']) {
      const result = await callTool(client, tool, { resource });
      expect(result.error).toMatchObject({
        code: 'needs_value',
        message: expect.stringContaining(`vsecure secrets:set ${names(kind)}/SESSION_KEY`),
      });
      expect(result.error.message).toContain('call again with "generate": {}');
      const template = { resource: 'vsecure://templates/service.env' };
      const text = await callTool(client, tool, template);
      expect(text.error.message).not.toContain('generate');
    }
  });

  test('learns which operation to request when it has no grant', async () => {
    const client = await endpoint.client('no-grants', kind);
    for (const [tool, operation] of [
      ['create-secret', 'write'],
      ['update-secret', 'write'],
      ['rotate-secret', 'write'],
      ['delete-secret', 'delete'],
    ] as const) {
      const made = operation === 'write' ? { generate: {} } : {};
      const result = await callTool(client, tool, { resource, ...made });
      expect(result.error).toMatchObject({
        code: 'approval_required',
        next: { tool: 'request-access', arguments: { resources: [resource], operation } },
      });
    }
  });

  test('lists its own requests and grants, page by page, and none of other keys', async () => {
    const client = await endpoint.client(kind, kind);
    const requests = fields(await callTool(client, 'list-requests', { limit: 1 }));
    expect(requests['requests']).toMatchObject([
      { status: 'approved', operation: 'delete', resources: [pattern(kind)] },
    ]);
    const cursor = requests['next_cursor'];
    const rest = fields(await callTool(client, 'list-requests', { cursor }));
    expect(rest['requests']).toMatchObject([{ operation: 'write', resources: [pattern(kind)] }]);
    expect(rest['next_cursor']).toBeUndefined();
    const pending = await callTool(client, 'list-requests', { status: 'pending' });
    expect(pending.structured).toEqual({ requests: [] });
    const grants = fields(await callTool(client, 'list-grants', {}));
    expect(grants['grants']).toMatchObject([
      { status: 'active', operation: 'delete', uses: 1 },
      { status: 'active', operation: 'write', uses: 3 },
    ]);
    const withoutGrants = await endpoint.client('no-grants', kind);
    expect(
      (await callTool(withoutGrants, 'list-grants', { active_only: false })).structured,
    ).toEqual({
      grants: [],
    });
    expect((await callTool(withoutGrants, 'list-requests', {})).structured).toEqual({
      requests: [],
    });
  });
});
