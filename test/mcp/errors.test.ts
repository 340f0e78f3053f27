/** How a tool says no: a code from a closed list, words that were meant for the model, and nothing else. */

import { isCallToolResult } from '@modelcontextprotocol/server';
import { afterEach, describe, expect, test } from 'vitest';
import { explain, type Refusal } from '../../src/domain/refusal.js';
import { REFUSAL_CODES } from '../../src/domain/vocabulary.js';
import type { McpParts } from '../../src/mcp/server.js';
import { CLIENT_KINDS, call, startEndpoint, type TestEndpoint } from './endpoint.js';
import { APPROVAL_ID, agentCaller, GRANT_ID, SECRET, verbs } from './tool-calls.js';

const CANARY = 'canary-7f3a91c2';
const agent = agentCaller('agent');

/** Good arguments for each tool. */
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

type Verbs = McpParts['useCases'];

let endpoint: TestEndpoint;
afterEach(() => endpoint.close());
const start = async (useCases: Verbs) => {
  endpoint = await startEndpoint({ useCases, keys: { agent } });
};

/** Every verb of a tool does the same. */
const every = (verb: () => Promise<{ ok: false; refusal: Refusal }>): Verbs =>
  verbs({
    listSecrets: verb,
    explainAccess: verb,
    requestAccess: verb,
    waitForDecision: verb,
    cancelRequest: verb,
    viewApprovals: { one: verb, list: verb, grants: verb },
    readSecret: verb,
    changeSecret: { create: verb, update: verb, rotate: verb, delete: verb },
    releaseGrant: verb,
    queryAudit: verb,
    reviewKeys: verb,
  });

const answering = (refusal: Refusal): Verbs => {
  const verb = async () => ({ ok: false, refusal }) as const;
  return every(verb);
};

function throwing(make: () => unknown): Verbs {
  const verb = async () => {
    throw make();
  };
  return every(verb);
}

describe.each(CLIENT_KINDS)('%s', (kind) => {
  test.each(TOOLS)(
    'hears a refusal of %s as code and explanation, without structure',
    async (tool) => {
      const refusal: Refusal = { code: 'unavailable' };
      await start(answering(refusal));
      const answer = await call(await endpoint.client('agent', kind), tool, CALLS[tool]);
      expect(answer).toMatchObject({ isError: true, structured: undefined });
      expect(answer.error).toEqual({ code: 'unavailable', message: explain(refusal) });
    },
  );

  test.each(TOOLS)('learns nothing of what went wrong inside %s', async (tool) => {
    await start(throwing(() => new Error(`insert into secrets values ('${CANARY}')`)));
    const answer = await call(await endpoint.client('agent', kind), tool, CALLS[tool]);
    expect(answer).toMatchObject({ isError: true, structured: undefined });
    expect(answer.error.code).toBe('internal');
    const [, reference] =
      /^internal error, reference ([0-9a-f-]{36})$/.exec(answer.error.message) ?? [];
    expect(endpoint.errors).toMatchObject([{ details: { reference, where: tool, name: 'Error' } }]);
    expect(JSON.stringify(endpoint.errors)).not.toContain(CANARY);
  });

  test('is told which call would mend what was refused', async () => {
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
    const read = await call(await client({ code: 'grant_ended', how: 'revoked' }), 'read-secret', {
      resource: SECRET,
    });
    expect(read.error.next).toEqual({
      tool: 'request-access',
      arguments: { resources: [SECRET], operation: 'read' },
    });
  });
});

test('every code is one of the closed list', async () => {
  const tools = await import('../../src/mcp/answer.js');
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
      async () => ({ ok: false, refusal: refusal as unknown as Refusal }),
      () => 'unused',
    );
    if (!isCallToolResult(answer)) throw new Error('a refusal is an answer');
    const [block] = answer.content;
    expect(JSON.parse(block?.type === 'text' ? block.text : '').error.code).toBe(code);
  }
});

test('whatever is thrown, Error or not, the log knows its kind and its place, and never its words', async () => {
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

test('an answer that does not fit the promised form is an internal error, not a leak', async () => {
  const wrong = { resource: SECRET, version: 'one', value: Buffer.from(CANARY), grant: GRANT_ID };
  const expiresAt = new Date();
  await start(
    verbs({ readSecret: async () => ({ ok: true, value: { ...wrong, expiresAt } as never }) }),
  );
  const answer = await call(await endpoint.client('agent'), 'read-secret', CALLS['read-secret']);
  expect(answer.error.code).toBe('internal');
  expect(answer.text + JSON.stringify(endpoint.errors)).not.toContain(CANARY);
});
