/** The tool list: the same fifteen tools for every caller, described for a model. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CLIENT_KINDS, ERA, startEndpoint, type TestEndpoint } from './endpoint.js';
import { agentCaller, stubUseCases } from './tool-calls.js';

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
/** The tools of an ordinary task, in order. The instructions mention the others afterwards. */
const STEPS = [
  'list-secrets',
  'request-access',
  'wait-for-decision',
  'read-secret',
  'release-grant',
];
/** Tools whose effect cannot be undone. */
const DESTRUCTIVE = ['update-secret', 'rotate-secret', 'delete-secret'];

let endpoint: TestEndpoint;
beforeAll(async () => {
  const restricted = { ...agentCaller('restricted'), scopes: new Set<never>() };
  endpoint = await startEndpoint({
    useCases: stubUseCases(),
    keys: { agent: agentCaller('agent'), restricted },
  });
});
afterAll(() => endpoint.close());

describe.each(CLIENT_KINDS)('%s', (kind) => {
  test(`speaks ${ERA[kind]} and lists exactly fifteen tools`, async () => {
    const client = await endpoint.client('agent', kind);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(TOOLS);
  });

  test('sees the same tools whatever the scopes of its key are', async () => {
    const [one, other] = await Promise.all(
      ['agent', 'restricted'].map((token) => endpoint.client(token, kind)),
    );
    expect(await one?.listTools()).toEqual(await other?.listTools());
  });

  test('gets instructions about the order of calls, when to stop polling, and not to look for values elsewhere', async () => {
    const client = await endpoint.client('agent', kind);
    const instructions = client.getInstructions() ?? '';
    const positions = STEPS.map((name) => instructions.indexOf(`. ${name}`));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(Math.min(...positions)).toBeGreaterThan(0);
    for (const name of TOOLS) expect(instructions).toContain(name);
    expect(instructions).toMatch(/three waits.*stop polling/);
    expect(instructions).toMatch(/final/);
    expect(instructions).toMatch(/Never look for a secret elsewhere/);
  });

  test('gets the capabilities for tools, resources and prompts, tasks in the newer protocol, and no log messages', async () => {
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

test('the tool descriptions match the last reviewed snapshot', async () => {
  const client = await endpoint.client('agent', 'v2 pinned');
  const { tools } = await client.listTools();
  await expect(`${JSON.stringify(tools, null, 2)}\n`).toMatchFileSnapshot('tools.snapshot.txt');
});

test('the tool list is private and not cacheable', async () => {
  const client = await endpoint.client('agent', 'v2 pinned');
  expect(await client.listTools()).toMatchObject({ ttlMs: 0, cacheScope: 'private' });
});

test('only tools that change nothing are marked read-only, and read-secret is not one of them', async () => {
  const client = await endpoint.client('agent');
  const { tools } = await client.listTools();
  const readOnly = tools.filter(({ annotations }) => annotations?.readOnlyHint === true);
  expect(readOnly.map(({ name }) => name)).toEqual([
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
