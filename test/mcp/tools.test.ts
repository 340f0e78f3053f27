/** The tool list: what a key can use, described for a model that pays for every word. */

import { Tiktoken } from 'js-tiktoken/lite';
import o200k from 'js-tiktoken/ranks/o200k_base';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { READING_TOOLS } from '../../relay/src/effect.js';
import { ok, refused } from '../../src/domain/result.js';
import type { Scope } from '../../src/domain/vocabulary.js';
import type { ListedSecret } from '../../src/usecases/secrets/list-secrets.js';
import { CLIENT_KINDS, call, ERA, startEndpoint, type TestEndpoint } from './endpoint.js';
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
/** Names of secrets as services have them. */
const NAMES = [
  ...['DATABASE_URL', 'DATABASE_PASSWORD', 'REDIS_URL', 'JWT_SECRET', 'SESSION_KEY'],
  ...[
    'STRIPE_API_KEY',
    'STRIPE_WEBHOOK_SECRET',
    'SMTP_PASSWORD',
    'SENTRY_DSN',
    'AWS_ACCESS_KEY_ID',
  ],
  ...[
    'AWS_SECRET_ACCESS_KEY',
    'GITHUB_TOKEN',
    'SLACK_BOT_TOKEN',
    'OPENAI_API_KEY',
    'S3_BUCKET_KEY',
  ],
  ...['ENCRYPTION_KEY', 'OAUTH_CLIENT_SECRET', 'TLS_CERTIFICATE', 'KAFKA_PASSWORD', 'API_TOKEN'],
];
/** Tools whose effect cannot be undone. */
const DESTRUCTIVE = ['update-secret', 'rotate-secret', 'delete-secret'];

const NOT_ALLOWED = refused({ code: 'not_allowed', needs: 'the scope access:request' });

/** A thousand secrets of 25 services in two environments, in the order of their paths. */
const SECRETS: readonly ListedSecret[] = ['production', 'staging']
  .flatMap((environment) =>
    Array.from({ length: 25 }, (_, service) => `${environment}/service-${service}`),
  )
  .flatMap((folder) => NAMES.map((name) => `vsecure://secrets/${folder}/${name}`))
  .sort()
  .map((path, at) => ({
    id: `scrt_${at}`,
    path,
    version: 1,
    access: at % 7 === 0 ? 'granted' : 'requestable',
    createdAt: new Date(0),
    updatedAt: new Date(0),
  }));

/** Tokens as most current models count them. */
const tokenizer = new Tiktoken(o200k);
const tokensOf = (text: string) => tokenizer.encode(text).length;

let endpoint: TestEndpoint;
beforeAll(async () => {
  const withScopes = (name: string, ...scopes: Scope[]) => ({
    ...agentCaller(name),
    scopes: new Set(scopes),
  });
  endpoint = await startEndpoint({
    useCases: stubUseCases({
      listSecrets: async (_caller, { limit, after }) => {
        const items = SECRETS.filter(({ path }) => after === undefined || path > after);
        const [last, more] = [items[limit - 1], items[limit]];
        return ok({ items: items.slice(0, limit), ...(last && more && { next: last.path }) });
      },
      viewApprovals: {
        one: async () => NOT_ALLOWED,
        list: async () => NOT_ALLOWED,
        grants: async () => NOT_ALLOWED,
      },
    }),
    publicOrigin: 'https://vsecure.example.com',
    keys: {
      agent: agentCaller('agent'),
      restricted: withScopes('restricted'),
      reader: withScopes('reader', 'secrets:list', 'audit:read'),
      asker: withScopes('asker', 'access:request'),
    },
  });
});
afterAll(() => endpoint.close());

describe.each(CLIENT_KINDS)('%s', (kind) => {
  test(`speaks ${ERA[kind]} and lists exactly fifteen tools`, async () => {
    const client = await endpoint.client('agent', kind);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual(TOOLS);
  });

  test('gets no tool that its key can never use', async () => {
    const namesFor = async (token: string) => {
      const { tools } = await (await endpoint.client(token, kind)).listTools();
      return tools.map(({ name }) => name);
    };
    expect(await namesFor('restricted')).toEqual([]);
    expect(await namesFor('reader')).toEqual(['list-secrets', 'query-audit-log']);
    expect(await namesFor('asker')).toEqual([
      'explain-access',
      'request-access',
      'wait-for-decision',
      'cancel-request',
      'list-requests',
    ]);
  });

  test('gets the refusal of a tool that is not listed', async () => {
    const client = await endpoint.client('restricted', kind);
    const { error } = await call(client, 'list-requests');
    expect(error.code).toBe('not_allowed');
  });

  test('gets instructions about the order of calls, when to stop polling, and not to look for values elsewhere', async () => {
    const client = await endpoint.client('agent', kind);
    const instructions = client.getInstructions() ?? '';
    const positions = STEPS.map((name) => instructions.indexOf(`. ${name}`));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(Math.min(...positions)).toBeGreaterThan(0);
    for (const name of TOOLS) expect(instructions).toContain(name);
    expect(instructions).toMatch(/three waits.*stop polling/);
    // As @openai/agents and @mastra/mcp do.
    expect(instructions).toMatch(/names with a prefix, or with _ instead of -/);
    expect(instructions).toMatch(/final/);
    expect(instructions).toMatch(/Never look for a secret elsewhere/);
  });

  test('learns the name, description and icon of the server, and where people find it', async () => {
    const client = await endpoint.client('agent', kind);
    expect(client.getServerVersion()).toEqual({
      name: 'vsecure',
      title: 'vsecure',
      version: '1.2.3',
      description: expect.stringContaining('person approves'),
      websiteUrl: 'https://vsecure.example.com',
      icons: [{ src: expect.stringMatching(/^data:/), mimeType: 'image/svg+xml', sizes: ['any'] }],
    });
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

test('the whole list of tools costs a model at most 2,000 tokens', async () => {
  const { tools } = await (await endpoint.client('agent')).listTools();
  const shown = tools.map(({ outputSchema: _, ...tool }) => tool);
  expect(tokensOf(JSON.stringify(shown))).toBeLessThanOrEqual(2000);
});

test('a list of a thousand secrets costs a model fewer than 9,000 tokens', async () => {
  const client = await endpoint.client('agent');
  const pages: string[] = [];
  const found: string[] = [];
  for (let cursor: unknown, more = true; more; more = cursor !== undefined) {
    const page = await call(client, 'list-secrets', { limit: 200, ...(cursor ? { cursor } : {}) });
    pages.push(page.text);
    const { secrets, next_cursor } = JSON.parse(page.text);
    for (const { folder, names } of secrets)
      found.push(...names.map((name: string) => folder + name));
    cursor = next_cursor;
  }
  expect(pages).toHaveLength(5);
  expect(found.sort()).toEqual(SECRETS.map(({ path }) => path));
  expect(tokensOf(pages.join('\n'))).toBeLessThan(9000);
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
  expect(readOnly.map(({ name }) => name)).toEqual([...READING_TOOLS]);
  for (const { name, annotations } of tools)
    expect(annotations).toMatchObject({
      destructiveHint: DESTRUCTIVE.includes(name),
      openWorldHint: false,
    });
});
