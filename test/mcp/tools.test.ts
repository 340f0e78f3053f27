/** What an agent finds when it connects: the same fifteen tools for everybody, described for a model. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLIENT_KINDS, ERA, startEndpoint, type TestEndpoint } from './endpoint.js';
import { agentCaller, verbs } from './tool-calls.js';

const TOOLS = [
  'list-secrets',
  'explain-access',
  'request-access',
  'wait-for-decision',
  'cancel-request',
  'list-requests',
  'read-secret',
  'create-secret',
  'update-secret',
  'rotate-secret',
  'delete-secret',
  'list-grants',
  'release-grant',
  'query-audit-log',
  'list-api-keys',
];
/** Those of an ordinary task, in its order. The others are told of by the way. */
const STEPS = [
  'list-secrets',
  'request-access',
  'wait-for-decision',
  'read-secret',
  'release-grant',
];
/** What is written over, or gone, is not to be had back. */
const DESTRUCTIVE = ['update-secret', 'rotate-secret', 'delete-secret'];

let endpoint: TestEndpoint;
beforeAll(async () => {
  const restricted = { ...agentCaller('restricted'), scopes: new Set<never>() };
  endpoint = await startEndpoint({
    useCases: verbs(),
    keys: { agent: agentCaller('agent'), restricted },
  });
});
afterAll(() => endpoint.close());

describe.each(CLIENT_KINDS)('%s', (kind) => {
  test(`speaks ${ERA[kind]}, and lists exactly fifteen tools`, async () => {
    const client = await endpoint.client('agent', kind);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(TOOLS);
  });

  test('sees the same tools whatever its key may do', async () => {
    const [one, other] = await Promise.all(
      ['agent', 'restricted'].map((token) => endpoint.client(token, kind)),
    );
    expect(await one?.listTools()).toEqual(await other?.listTools());
  });

  test('is told the order of calls, when to stop polling, and to look for no value elsewhere', async () => {
    const client = await endpoint.client('agent', kind);
    const told = client.getInstructions() ?? '';
    const places = STEPS.map((name) => told.indexOf(`. ${name}`));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThan(0);
    for (const name of TOOLS) expect(told).toContain(name);
    expect(told).toMatch(/three waits.*stop polling/);
    expect(told).toMatch(/final/);
    expect(told).toMatch(/Never look for a secret elsewhere/);
  });

  test('is offered tools, resources and prompts, tasks where they are known, and no log messages', async () => {
    const client = await endpoint.client('agent', kind);
    expect(Object.keys(client.getServerCapabilities() ?? {}).sort()).toEqual([
      'completions',
      ...(ERA[kind] === '2026-07-28' ? ['extensions'] : []),
      'prompts',
      'resources',
      'tools',
    ]);
  });
});

test('the tools are described as they were when they were last reviewed', async () => {
  const client = await endpoint.client('agent', 'v2 pinned');
  const { tools } = await client.listTools();
  await expect(`${JSON.stringify(tools, null, 2)}\n`).toMatchFileSnapshot('tools.snapshot.txt');
});

test('a listing is private and never cached', async () => {
  const client = await endpoint.client('agent', 'v2 pinned');
  expect(await client.listTools()).toMatchObject({ ttlMs: 0, cacheScope: 'private' });
});

test('only the tools that change nothing say so, and reading a secret is not one of them', async () => {
  const client = await endpoint.client('agent');
  const { tools } = await client.listTools();
  const quiet = tools.filter(({ annotations }) => annotations?.readOnlyHint === true);
  expect(quiet.map(({ name }) => name)).toEqual([
    'list-secrets',
    'explain-access',
    'wait-for-decision',
    'list-requests',
    'list-grants',
  ]);
  for (const { name, annotations } of tools)
    expect(annotations).toMatchObject({
      destructiveHint: DESTRUCTIVE.includes(name),
      openWorldHint: false,
    });
});
