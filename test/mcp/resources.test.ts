/** The resources that an agent can read: metadata and its own requests and grants, and nothing about other keys. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Approval, ApprovalId } from '../../src/domain/approval.js';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { type AnyClient, CLIENT_KINDS, startEndpoint, type TestEndpoint } from './endpoint.js';

const VALUE = 'the-value-itself-3b1f';
const HIDDEN = 'vsecure://secrets/vault/ROOT';
const MANY = 120;

let services: Services;
let endpoint: TestEndpoint;
const requests: Record<string, Approval> = {};

beforeAll(async () => {
  services = await buildServices();
  await services.policy();
  await services.policy({ listed: false }, 'vsecure://secrets/vault/*');
  await services.policy({ requiresApproval: false }, 'vsecure://secrets/open/*');
  await services.secret(VALUE, HIDDEN);
  await services.secret(VALUE, 'vsecure://secrets/open/GREETING');
  await services.secret(VALUE, 'vsecure://templates/open/URL');
  await services.secret(VALUE);
  for (let at = 0; at < MANY; at += 1)
    await services.secret(VALUE, `vsecure://secrets/staging/S${at}`);
  const [ann, ben] = [await services.agent('ann'), await services.agent('ben')];
  requests['ann'] = await services.ask(ann.caller);
  requests['ben'] = await services.ask(ben.caller);
  unwrap(
    await services.useCases.requestAccess(ann.caller, {
      resources: ['vsecure://secrets/open/GREETING'],
      operation: 'read',
      reason: 'to greet the team',
    }),
  );
  const unscoped = { ...ann.caller, scopes: new Set<never>() };
  endpoint = await startEndpoint({
    useCases: services.useCases,
    keys: { ann: ann.caller, ben: ben.caller, unscoped },
  });
});
afterAll(async () => {
  expect(endpoint.errors).toEqual([]);
  await endpoint.close();
  await services.close();
});

const all = async (client: AnyClient) => {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listResources(cursor === undefined ? {} : { cursor });
    // A v2 client fetches all pages by itself.
    found.push(...page.resources.map(({ uri }) => uri));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return found;
};

async function read(client: AnyClient, uri: string) {
  const { contents } = await client.readResource({ uri });
  const [content] = contents;
  if (contents.length !== 1 || !content || !('text' in content)) throw new Error('one text');
  return { content, ...JSON.parse(content.text) };
}

const refusalOf = (client: AnyClient, uri: string) =>
  client.readResource({ uri }).then(
    () => 'read',
    ({ code, message, data }) => ({
      code,
      message: message.replace(/^MCP error -?\d+: /, ''),
      data,
    }),
  );

const complete = async (client: AnyClient, uri: string, name: string, value: string) =>
  (await client.complete({ ref: { type: 'ref/resource', uri }, argument: { name, value } }))
    .completion;

describe.each(CLIENT_KINDS)('%s', (kind) => {
  test('lists every visible secret once, page by page, and no hidden one', async () => {
    const found = await all(await endpoint.client('ann', kind));
    expect(found).toContain('vsecure://grants');
    expect(found.filter((uri) => uri.startsWith('vsecure://secrets/staging/'))).toHaveLength(MANY);
    expect(new Set(found).size).toBe(found.length);
    expect(found).not.toContain(HIDDEN);
  });

  test('reads the metadata of a secret without its value', async () => {
    const seen = await read(await endpoint.client('ann', kind), 'vsecure://secrets/open/GREETING');
    expect(seen).toMatchObject({ version: 1, access: 'granted' });
    expect(JSON.stringify(seen)).not.toContain(VALUE);
  });

  test('reads the status of its own request, and its own grants', async () => {
    const client = await endpoint.client('ann', kind);
    const uri = `vsecure://approvals/${requests['ann']?.id}`;
    expect(await read(client, uri)).toMatchObject({ status: 'pending' });
    const { grants } = await read(client, 'vsecure://grants');
    expect(grants).toMatchObject([{ operation: 'read', uses: 0 }]);
    const other = await endpoint.client('ben', kind);
    expect((await read(other, 'vsecure://grants')).grants).toEqual([]);
  });

  test('gets the same error for a hidden resource, one of another key and one that does not exist', async () => {
    const client = await endpoint.client('ann', kind);
    const unknown = await refusalOf(client, 'vsecure://secrets/vault/NOTHING');
    expect(unknown).toMatchObject({ code: -32602 });
    const others: ApprovalId = requests['ben']?.id ?? 'appr_';
    for (const uri of [
      HIDDEN,
      `vsecure://approvals/${others}`,
      'vsecure://approvals/appr_0123456789abcdefghijkl',
      'vsecure://approvals/x',
      'vsecure://secrets/../vault/ROOT',
      'vsecure://secrets/vault/%52OOT',
      'vsecure://secrets/VAULT/ROOT',
      'vsecure://grants/',
      'vsecure://audit',
      'file:///etc/passwd',
      `vsecure://secrets/${'a'.repeat(5000)}`,
      'vsecure://secrets/nul\0',
      '',
    ])
      expect(await refusalOf(client, uri)).toEqual(unknown);
  });

  test('gets completions only for what it may see', async () => {
    const client = await endpoint.client('ann', kind);
    const secrets = 'vsecure://secrets/{+path}';
    expect((await complete(client, secrets, 'path', 'staging/S11')).values.sort()).toEqual(
      ['S11', ...Array.from({ length: 10 }, (_, at) => `S11${at}`)]
        .slice(1)
        .map((name) => `staging/${name}`),
    );
    expect((await complete(client, secrets, 'path', 'vault/')).values).toEqual([]);
    expect((await complete(client, secrets, 'unknown', '')).values).toEqual([]);
    expect((await complete(client, secrets, 'path', 'a\0'.repeat(400))).values).toEqual([]);
    expect((await complete(client, 'vsecure://templates/{+path}', 'path', '')).values).toEqual([
      'open/URL',
    ]);
    const ids = await complete(client, 'vsecure://approvals/{id}', 'id', 'appr_');
    expect(ids.values).toContain(requests['ann']?.id);
    expect(ids.values).not.toContain(requests['ben']?.id);
  });

  test('lists only its grants without the scope secrets:list', async () => {
    const client = await endpoint.client('unscoped', kind);
    expect(await all(client)).toEqual(['vsecure://grants']);
    expect(await refusalOf(client, 'vsecure://secrets/open/GREETING')).toMatchObject({
      code: -32602,
    });
    expect((await complete(client, 'vsecure://secrets/{+path}', 'path', '')).values).toEqual([]);
  });
});

test('a forged cursor is refused without repeating it', async () => {
  const client = await endpoint.client('ann');
  const refusal = client.listResources({ cursor: 'canary\u0000' });
  await expect(refusal).rejects.toMatchObject({ code: -32602 });
  await expect(refusal).rejects.not.toThrow('canary');
});

test('every list and every resource is marked as not cacheable', async () => {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'x', version: '1' },
  };
  const uri = 'vsecure://secrets/open/GREETING';
  for (const [method, params, name] of [
    ['resources/list', {}],
    ['resources/templates/list', {}],
    ['resources/read', { uri }, uri],
    ['prompts/list', {}],
    ['tools/list', {}],
  ] as const) {
    const body = { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } };
    const answer = await endpoint.post(JSON.stringify(body), {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      ...(name && { 'mcp-name': name }),
    });
    const text = await answer.text();
    expect(text).toContain('"ttlMs":0');
    expect(text).toContain('"cacheScope":"private"');
  }
});

test('an internal error while reading a resource shows only a reference', async () => {
  const broken = await startEndpoint({
    useCases: {
      ...services.useCases,
      describeSecret: () => Promise.reject(new Error(`select '${VALUE}'`)),
    },
    keys: { ann: (await services.agent('carl')).caller },
  });
  for (const kind of CLIENT_KINDS) {
    const refusal = await refusalOf(await broken.client('ann', kind), HIDDEN);
    expect(refusal).toMatchObject({ code: -32603 });
    expect(JSON.stringify(refusal)).toMatch(/internal error, reference [0-9a-f-]{36}/);
    expect(JSON.stringify(refusal)).not.toContain(VALUE);
  }
  expect(broken.errors).toHaveLength(CLIENT_KINDS.length);
  await broken.close();
});
