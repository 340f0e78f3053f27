/** Tool errors: a code from a closed list and a message for the model, and nothing else. */

import { isCallToolResult } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, test } from 'vitest';
import { explain, type Refusal } from '../../src/domain/refusal.js';
import { ok, refused } from '../../src/domain/result.js';
import { REFUSAL_CODES } from '../../src/domain/vocabulary.js';
import type { McpParts } from '../../src/mcp/server.js';
import { CLIENT_KINDS, call, startEndpoint, type TestEndpoint } from './endpoint.js';
import { APPROVAL_ID, agentCaller, GRANT_ID, SECRET, stubUseCases } from './tool-calls.js';

const CANARY = 'canary-7f3a91c2';
const agent = agentCaller('agent');

/** Valid arguments for each tool. */
const CALLS = {
  'list-secrets': {},
  'explain-access': { resource: SECRET, operation: 'read' },
  'request-access': { resources: [SECRET], operation: 'read', reason: 'to look at the incident' },
  'wait-for-decision': { approval_id: APPROVAL_ID },
  'cancel-request': { approval_id: APPROVAL_ID },
  'list-requests': {},
  'read-secret': { resource: SECRET },
  'create-secret': { resource: SECRET, generate: {} },
  'update-secret': { resource: SECRET, generate: {} },
  'rotate-secret': { resource: SECRET, generate: {} },
  'delete-secret': { resource: SECRET },
  'list-grants': {},
  'query-audit-log': {},
  'list-api-keys': {},
  'release-grant': { grant_id: GRANT_ID },
} as const;
const TOOLS = Object.keys(CALLS) as (keyof typeof CALLS)[];

type McpUseCases = McpParts['useCases'];

let endpoint: TestEndpoint;
afterEach(() => endpoint.close());
const start = async (useCases: McpUseCases) => {
  endpoint = await startEndpoint({ useCases, keys: { agent } });
};

/** Replaces the use case of every tool by the same function. */
const everyUseCase = (run: () => Promise<{ ok: false; refusal: Refusal }>): McpUseCases =>
  stubUseCases({
    listSecrets: run,
    explainAccess: run,
    requestAccess: run,
    waitForDecision: run,
    cancelRequest: run,
    viewApprovals: { one: run, list: run, grants: run },
    readSecret: run,
    changeSecret: { create: run, update: run, rotate: run, delete: run },
    releaseGrant: run,
    queryAudit: run,
    reviewKeys: run,
  });

const answering = (refusal: Refusal): McpUseCases => {
  const run = async () => refused(refusal);
  return everyUseCase(run);
};

function throwing(make: () => unknown): McpUseCases {
  const run = async () => {
    throw make();
  };
  return everyUseCase(run);
}

describe.each(CLIENT_KINDS)('%s', (kind) => {
  test.each(TOOLS)(
    'gets a refusal of %s as a code and a message, without structured content',
    async (tool) => {
      const refusal: Refusal = { code: 'unavailable' };
      await start(answering(refusal));
      const answer = await call(await endpoint.client('agent', kind), tool, CALLS[tool]);
      expect(answer).toMatchObject({ isError: true, structured: undefined });
      expect(answer.error).toEqual({ code: 'unavailable', message: explain(refusal) });
    },
  );

  test.each(TOOLS)('learns no details of an internal error in %s', async (tool) => {
    await start(throwing(() => new Error(`insert into secrets values ('${CANARY}')`)));
    const answer = await call(await endpoint.client('agent', kind), tool, CALLS[tool]);
    expect(answer).toMatchObject({ isError: true, structured: undefined });
    expect(answer.error.code).toBe('internal');
    const [, reference] =
      /^internal error, reference ([0-9a-f-]{36})$/.exec(answer.error.message) ?? [];
    expect(endpoint.errors).toMatchObject([{ details: { reference, where: tool, name: 'Error' } }]);
    expect(JSON.stringify(endpoint.errors)).not.toContain(CANARY);
  });

  test('learns which call would resolve the refusal', async () => {
    const { resources, operation } = CALLS['request-access'];
    const client = async (refusal: Refusal) => {
      await start(answering(refusal));
      return endpoint.client('agent', kind);
    };
    const ask = async (refusal: Refusal) => {
      const answer = await call(await client(refusal), 'request-access', CALLS['request-access']);
      await endpoint.close();
      return answer.error.next;
    };
    expect(await ask({ code: 'duration_too_long', maximum: 5_400_000 })).toEqual({
      tool: 'request-access',
      arguments: { resources, operation, duration: '1h30m' },
    });
    const groups = [['vsecure://secrets/a/B'], ['vsecure://secrets/c/D']];
    expect(await ask({ code: 'mixed_policies', groups })).toEqual({
      tool: 'request-access',
      arguments: { resources: groups[0], operation },
    });
    expect(await ask({ code: 'too_many_pending', maximum: 5 })).toMatchObject({
      tool: 'wait-for-decision',
    });
    expect(await ask({ code: 'denied_recently', retryAfter: 60_000 })).toBeUndefined();
    expect(await ask({ code: 'no_policy' })).toBeUndefined();
    const read = async (how: 'used_up' | 'revoked') => {
      const agent = await client({ code: 'grant_ended', how });
      const { error } = await call(agent, 'read-secret', { resource: SECRET });
      await endpoint.close();
      return error;
    };
    expect((await read('used_up')).next).toEqual({
      tool: 'request-access',
      arguments: { resources: [SECRET], operation: 'read' },
    });
    // A person decided against the access.
    const revoked = await read('revoked');
    expect(revoked.next).toBeUndefined();
    expect(revoked.message).toMatch(/inform your user/);
  });
});

test('every refusal code reaches the client unchanged', async () => {
  const tools = await import('../../src/mcp/tool-answer.js');
  for (const code of REFUSAL_CODES) {
    const refusal = {
      code,
      problem: '',
      groups: [],
      minimum: 1,
      maximum: 1,
      asked: 1,
      allowed: [],
    };
    const answer = await tools.answer(
      async () => refused(refusal as unknown as Refusal),
      () => ({ code: 'internal', message: 'unused' }),
    );
    if (!isCallToolResult(answer)) throw new Error('a refusal should be a tool result');
    const [block] = answer.content;
    expect(JSON.parse(block?.type === 'text' ? block.text : '').error.code).toBe(code);
  }
});

test('the log records the type and the place of anything thrown, and never its message', async () => {
  const thrown: unknown[] = [
    CANARY,
    { message: CANARY },
    undefined,
    Object.assign(new Error(`${CANARY}\n    at ${CANARY} (file.js:1:1)`), { code: '23505' }),
    Object.assign(new TypeError(CANARY), { parameters: [CANARY], code: CANARY, stack: CANARY }),
  ];
  let next = 0;
  await start(throwing(() => thrown[next++]));
  const client = await endpoint.client('agent');
  for (const _ of thrown) {
    const answer = await call(client, 'read-secret', CALLS['read-secret']);
    expect(answer.error.code).toBe('internal');
    expect(answer.text).not.toContain(CANARY);
  }
  expect(endpoint.errors).toHaveLength(thrown.length);
  expect(JSON.stringify(endpoint.errors)).not.toContain(CANARY);
  const [, , , database] = endpoint.errors;
  expect(database?.details).toMatchObject({ code: '23505' });
  expect(JSON.stringify(database?.details)).toContain('errors.test.ts');
});

test('an answer that does not match the output schema is an internal error, not a leak', async () => {
  const wrong = { resource: SECRET, version: 'one', value: Buffer.from(CANARY), grant: GRANT_ID };
  const expiresAt = new Date();
  await start(stubUseCases({ readSecret: async () => ok({ ...wrong, expiresAt } as never) }));
  const answer = await call(await endpoint.client('agent'), 'read-secret', CALLS['read-secret']);
  expect(answer.error.code).toBe('internal');
  expect(answer.text + JSON.stringify(endpoint.errors)).not.toContain(CANARY);
});
