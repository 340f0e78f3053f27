/** Elicitation: a client that supports it asks its user for a missing reason and offers the link to the card; other clients get the plain answer. */

import { Client as NewClient, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { ApprovalId } from '../../src/domain/approval.js';
import type { Caller } from '../../src/domain/rights.js';
import { temporaryFolder } from '../support/folder.js';
import { needRelay, RELAY } from '../support/relay.js';
import { buildServices, DATABASE_URL, REASON, type Services, unwrap } from '../support/services.js';
import {
  type AnyClient,
  CLIENT_KINDS,
  call,
  fields,
  startEndpoint,
  type TestEndpoint,
} from './endpoint.js';

const LINK = 'https://acme.slack.com/archives/C0APPROVALS/p1750000000000100';

/** What the client shows to its user. */
interface Elicitation {
  readonly mode?: string | undefined;
  readonly message: string;
  readonly url?: string;
  readonly requestedSchema?: object;
}
type Reply = { action: 'accept' | 'decline' | 'cancel'; content?: Record<string, string> };

let services: Services;
let endpoint: TestEndpoint;
const links = new Map<ApprovalId, string>();
const agents: Record<string, Caller> = {};
beforeAll(async () => {
  needRelay();
  const cardLink = async (id: ApprovalId) => {
    if (links.get(id) === 'LOST') throw new Error('the link cannot be found');
    return links.get(id);
  };
  services = await buildServices({ change: (parts) => ({ ...parts, cardLink }) });
  await services.policy();
  await services.policy({ requireReason: false }, 'vsecure://secrets/free/*');
  for (const name of ['one', 'other']) {
    const { token, caller } = await services.agent(name);
    agents[name] = caller;
    agents[token] = caller;
    tokens[name] = token;
  }
  endpoint = await startEndpoint({ useCases: services.useCases, keys: agents });
});
const tokens: Record<string, string> = {};
afterAll(async () => {
  expect(endpoint.errors).toEqual([]);
  await endpoint.close();
  await services.close();
});

let clients: AnyClient[];
beforeEach(() => {
  clients = [];
});
afterEach(async () => {
  for (const client of clients) await client.close();
});

/** The kinds of clients that support elicitation. */
const ELICITING = ['v1', 'v2 legacy', 'v2 pinned'] as const;
type Eliciting = (typeof ELICITING)[number];
const TRANSPORTS = ['HTTP', 'stdio'] as const;
const EACH_COMBINATION = ELICITING.flatMap((kind) =>
  TRANSPORTS.map((over) => [kind, over] as const),
);

interface ClientOptions {
  readonly kind?: Eliciting;
  readonly over?: (typeof TRANSPORTS)[number];
}

/** A client whose user answers with `reply`. `shown` collects what the client shows. */
async function clientWithUser(
  capabilities: object,
  reply: (shown: Elicitation) => Reply | Promise<Reply>,
  { kind = 'v2 pinned', over = 'HTTP' }: ClientOptions = {},
) {
  const shown: Elicitation[] = [];
  const answer = async (elicitation: Elicitation) => {
    shown.push(elicitation);
    return reply(elicitation);
  };
  const info = { name: 'a test', version: '0.0.0' };
  const token = tokens['one'] ?? '';
  const env = {
    VSECURE_URL: endpoint.origin,
    VSECURE_API_KEY: token,
    HOME: temporaryFolder('home'),
  };
  const started = { command: process.execPath, args: [RELAY], env };
  const http = { requestInit: { headers: { authorization: `Bearer ${token}` } } };
  const url = new URL(endpoint.url);
  const asks = 'elicitation' in capabilities;
  if (kind === 'v1') {
    const client = new OldClient(info, { capabilities });
    if (asks) client.setRequestHandler(ElicitRequestSchema, ({ params }) => answer(params));
    clients.push(client);
    const transport = over === 'HTTP' ? new OldHttp(url, http) : new OldStdio(started);
    await client.connect(transport as Parameters<OldClient['connect']>[0]);
    return { client, shown };
  }
  const mode = kind === 'v2 legacy' ? 'legacy' : { pin: '2026-07-28' };
  const client = new NewClient(info, { capabilities, versionNegotiation: { mode } });
  if (asks) client.setRequestHandler('elicitation/create', ({ params }) => answer(params));
  clients.push(client);
  await client.connect(
    over === 'HTTP'
      ? new StreamableHTTPClientTransport(url, http)
      : new StdioClientTransport(started),
  );
  return { client, shown };
}

const FORM = { elicitation: {} };
const BOTH = { elicitation: { form: {}, url: {} } };
const accept = (reason: string) => (): Reply => ({ action: 'accept', content: { reason } });
const never = (): Reply => {
  throw new Error('the user should not have been asked');
};

let requestCount = 0;
/** The arguments of a request that differs from all earlier ones. */
function newRequest(reason: string | undefined, resource = DATABASE_URL) {
  requestCount += 1;
  const duration = `${requestCount}m`;
  return {
    resources: [resource],
    operation: 'read',
    duration,
    ...(reason !== undefined && { reason }),
  };
}

describe('a missing or too short reason', () => {
  test.each(EACH_COMBINATION)('is asked for with a form (%s over %s)', async (kind, over) => {
    for (const reason of [undefined, '', 'because']) {
      const { client, shown } = await clientWithUser(FORM, accept(REASON), { kind, over });
      const answer = fields(await call(client, 'request-access', newRequest(reason)));
      expect(answer).toMatchObject({ status: 'pending', resources: [DATABASE_URL] });
      expect(shown).toHaveLength(1);
      expect(shown[0]).toMatchObject({
        message: expect.stringContaining(`"read" access to ${DATABASE_URL}`),
        requestedSchema: {
          properties: { reason: { type: 'string', minLength: 10, maxLength: 2000 } },
          required: ['reason'],
        },
      });
      const approval = await services.store.approvals.find(answer['approval_id'] as ApprovalId);
      expect(approval?.reason).toBe(REASON);
    }
  });

  test('is refused when the user declines, cancels or writes an insufficient reason', async () => {
    const replies: readonly (readonly [Reply, string])[] = [
      [{ action: 'decline' }, 'reason_too_short'],
      [{ action: 'cancel' }, 'reason_too_short'],
      [{ action: 'accept', content: { reason: 'no' } }, 'reason_too_short'],
      [{ action: 'accept', content: { reason: '..............' } }, 'reason_too_short'],
      [{ action: 'accept', content: { reason: '' } }, 'reason_missing'],
      [{ action: 'accept', content: { reason: 'x'.repeat(2001) } }, 'reason_too_short'],
      [{ action: 'accept', content: { other: REASON } }, 'reason_too_short'],
      [{ action: 'accept' }, 'reason_too_short'],
    ];
    for (const [reply, code] of replies) {
      // Sends the reply without a client, whose own validation would refuse it.
      const { shown, answer } = await callWithoutValidation(newRequest('because'), reply);
      expect(shown, JSON.stringify(reply)).toBe(1);
      expect(answer, JSON.stringify(reply)).toMatchObject({ isError: true });
      expect(JSON.parse(answer.content?.[0]?.text ?? '').error.code).toBe(code);
    }
  });

  test.each(ELICITING)(
    'is not asked for by %s without form support, nor where the policy requires no reason',
    async (kind) => {
      for (const capabilities of [{}, { elicitation: { url: {} } }]) {
        const { client } = await clientWithUser(capabilities, never, { kind });
        const answer = await call(client, 'request-access', newRequest('because'));
        expect(answer.error).toMatchObject({ code: 'reason_too_short' });
        const without = await call(client, 'request-access', newRequest(undefined));
        expect(without.error).toMatchObject({ code: 'reason_missing' });
      }
      const { client } = await clientWithUser(FORM, never, { kind });
      const free = newRequest(undefined, 'vsecure://secrets/free/KEY');
      expect(fields(await call(client, 'request-access', free))).toMatchObject({
        status: 'pending',
      });
    },
  );

  test.each(CLIENT_KINDS)(
    'is refused with a plain error for %s without elicitation',
    async (kind) => {
      const client = await endpoint.client('one', kind);
      const answer = await call(client, 'request-access', newRequest('because'));
      expect(answer.error).toMatchObject({
        code: 'reason_too_short',
        message: expect.stringContaining('at least 10 characters'),
      });
    },
  );

  test('counts as the same idempotent call, although what the user writes is not part of the call', async () => {
    const { client, shown } = await clientWithUser(FORM, accept(REASON));
    const keyed = { ...newRequest(undefined), idempotency_key: 'asked-by-form' };
    const first = fields(await call(client, 'request-access', keyed));
    const again = fields(await call(client, 'request-access', keyed));
    expect(again['approval_id']).toBe(first['approval_id']);
    expect(shown).toHaveLength(1);
  });

  test('is treated as untrusted text when the user writes it', async () => {
    const hostile = `<!channel> *ok* ${'\u202e'}gnitirw\u0000 this`;
    const { client } = await clientWithUser(FORM, accept(hostile));
    const answer = await call(client, 'request-access', newRequest(undefined));
    const approval = await services.store.approvals.find(
      fields(answer)['approval_id'] as ApprovalId,
    );
    expect(approval?.reason).toBe(hostile.replace('\0', '\ufffd'));
  });
});

interface RawResult {
  readonly inputRequests?: object;
  readonly isError?: boolean;
  readonly content?: readonly { readonly text: string }[];
}

/** One round trip in plain HTTP, as a client without any validation makes it. */
async function callWithoutValidation(args: object, reply: Reply) {
  const post = async (more: object) => {
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientCapabilities': FORM,
      'io.modelcontextprotocol/clientInfo': { name: 'raw', version: '0' },
    };
    const params = { name: 'request-access', arguments: args, _meta, ...more };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
    const headers = {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': 'tools/call',
      'mcp-name': 'request-access',
    };
    const message = (await (await endpoint.post(body, headers)).json()) as { result: RawResult };
    return message.result;
  };
  const first = await post({});
  const shown = Object.keys(first.inputRequests ?? {}).length;
  return { shown, answer: await post({ inputResponses: { reason: reply } }) };
}

describe('the card of a pending request', () => {
  const pending = async (caller = 'one') => {
    requestCount += 1;
    const { id } = await services.ask(agents[caller] ?? services.admin, {
      duration: requestCount * 60_000,
    });
    return id;
  };
  const wait = (id: string) => ({ approval_id: id, wait_seconds: 0 });

  test.each(CLIENT_KINDS)(
    'is linked in the answers to %s as soon as its link is known',
    async (kind) => {
      const client = await endpoint.client('one', kind);
      const args = newRequest(REASON);
      const early = fields(await call(client, 'request-access', args));
      expect(early).not.toHaveProperty('link');
      const id = early['approval_id'] as ApprovalId;
      expect((await call(client, 'wait-for-decision', wait(id))).text).not.toContain('link');
      links.set(id, LINK);
      expect(fields(await call(client, 'request-access', args))['link']).toBe(LINK);
      const waited = fields(await call(client, 'wait-for-decision', wait(id)));
      expect(waited).toMatchObject({
        link: LINK,
        message: expect.stringContaining('give the link'),
      });
      const alice = await services.decider('alice@example.com');
      const denial = { approval: id, verdict: 'deny', reason: 'not today' } as const;
      unwrap(await services.useCases.decide(alice, denial));
      const decided = fields(await call(client, 'wait-for-decision', wait(id)));
      expect(decided).toMatchObject({ status: 'denied' });
      expect(decided).not.toHaveProperty('link');
    },
  );

  test('is not linked for another key', async () => {
    const id = await pending('other');
    links.set(id, LINK);
    const { client } = await clientWithUser(BOTH, never);
    const result = await call(client, 'wait-for-decision', wait(id));
    expect(result.error).toMatchObject({ code: 'not_found' });
    expect(result.text).not.toContain('slack');
    await expect(client.readResource({ uri: `vsecure://approvals/${id}` })).rejects.toThrow();
  });

  test('is not linked when the link is unknown or is no https URL', async () => {
    const client = await endpoint.client('one');
    for (const address of [
      'javascript:alert(1)',
      'file:///etc/passwd',
      'not an address',
      '',
      'LOST',
    ]) {
      const id = await pending();
      links.set(id, address);
      const result = fields(await call(client, 'wait-for-decision', wait(id)));
      expect(result).toMatchObject({ status: 'pending' });
      expect(result).not.toHaveProperty('link');
    }
  });

  test.each(
    ELICITING.flatMap((kind) =>
      (['accept', 'decline', 'cancel'] as const).map((action) => [kind, action] as const),
    ),
  )('is offered once to the user of %s, also when the user answers %s', async (kind, action) => {
    const id = await pending();
    links.set(id, LINK);
    const { client, shown } = await clientWithUser(BOTH, () => ({ action }), { kind });
    for (const _ of [1, 2]) {
      const result = fields(await call(client, 'wait-for-decision', wait(id)));
      expect(result).toMatchObject({ status: 'pending', link: LINK });
    }
    expect(shown).toMatchObject([
      { mode: 'url', url: LINK, message: expect.stringContaining('A person has to approve') },
    ]);
    expect(shown[0]?.message).not.toMatch(/alice/);
  });

  test.each(ELICITING)('is offered by %s over stdio too', async (kind) => {
    const id = await pending();
    links.set(id, LINK);
    const open = () => ({ action: 'accept' }) as const;
    const { client, shown } = await clientWithUser(BOTH, open, { kind, over: 'stdio' });
    const result = fields(await call(client, 'wait-for-decision', wait(id)));
    expect(result).toMatchObject({ status: 'pending', link: LINK });
    expect(shown).toMatchObject([{ mode: 'url', url: LINK }]);
  });

  test.each(ELICITING)('is not offered by %s without link support', async (kind) => {
    const id = await pending();
    links.set(id, LINK);
    const { client } = await clientWithUser(FORM, never, { kind });
    const result = fields(await call(client, 'wait-for-decision', wait(id)));
    expect(result).toMatchObject({ status: 'pending', link: LINK });
  });
});
