/** Fifty keys make ten thousand concurrent calls against real services: no answer contains anything of another key. */

import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { startEndpoint, type TestEndpoint } from './endpoint.js';

const KEYS = 50;
const CALLS = 10_000;
/** Concurrent connections: one for each key, so that the calls of all keys mix. */
const CONCURRENCY = KEYS;

interface TestAgent {
  readonly name: string;
  /** Occurs in the agent's paths and reasons. */
  readonly canary: string;
  /** The secret value, which no other agent may see. */
  readonly value: string;
  readonly secret: string;
  readonly approval: string;
  readonly grant: string;
}

let services: Services;
let endpoint: TestEndpoint;
const agents: TestAgent[] = [];

beforeAll(async () => {
  services = await buildServices();
  const keys: Record<string, Awaited<ReturnType<Services['agent']>>['caller']> = {};
  for (let at = 0; at < KEYS; at += 1) {
    const name = `agent${at}x`;
    const canary = `canary${at}x`;
    const secret = `vsecure://secrets/${canary}/KEY`;
    const { caller } = await services.agent(name);
    const rules = {
      requesters: [name],
      listed: false,
      requiresApproval: false,
      permissions: ['list', 'read'] as const,
    };
    await services.policy(rules, `vsecure://secrets/${canary}/*`);
    const value = `value-of-${canary}`;
    await services.secret(value, secret);
    const lasting = { resources: [secret], operation: 'list', reason: canary } as const;
    unwrap(await services.useCases.requestAccess(caller, lasting));
    const reading = { resources: [secret], operation: 'read', reason: canary } as const;
    const { approval, grant } = unwrap(await services.useCases.requestAccess(caller, reading));
    agents.push({ name, canary, value, secret, approval: approval.id, grant: String(grant?.id) });
    keys[name] = caller;
  }
  endpoint = await startEndpoint({ useCases: services.useCases, keys });
}, 120_000);
afterAll(async () => {
  await endpoint.close();
  await services.close();
});

interface TestRequest {
  readonly method: string;
  readonly params: object;
  /** Text that shows that exactly this request was answered. */
  readonly expected: string;
}

const tool = (name: string, args: object, expected: string): TestRequest => ({
  method: 'tools/call',
  params: { name, arguments: args },
  expected,
});

/** Sent only in every twentieth round, because it reads the list of all secrets. */
const completeSecrets = (self: TestAgent): TestRequest => ({
  method: 'completion/complete',
  params: {
    ref: { type: 'ref/resource', uri: 'vsecure://secrets/{+path}' },
    argument: { name: 'path', value: self.canary.slice(0, -1) },
  },
  expected: self.canary,
});
const COMPLETION_EVERY = 20;

/** What one agent requests: its own data, and the data of `other`. */
const REQUESTS: readonly ((self: TestAgent, other: TestAgent) => TestRequest)[] = [
  (self) => tool('read-secret', { resource: self.secret }, self.value),
  (self) => tool('wait-for-decision', { approval_id: self.approval, wait_seconds: 0 }, self.grant),
  (self) => ({ method: 'resources/read', params: { uri: self.secret }, expected: 'granted' }),
  (self) => ({
    method: 'resources/read',
    params: { uri: `vsecure://approvals/${self.approval}` },
    expected: self.grant,
  }),
  (self) => ({
    method: 'resources/read',
    params: { uri: 'vsecure://grants' },
    expected: self.grant,
  }),
  (self) => ({
    method: 'completion/complete',
    params: {
      ref: { type: 'ref/resource', uri: 'vsecure://approvals/{id}' },
      argument: { name: 'id', value: 'appr_' },
    },
    expected: self.approval,
  }),
  (_, other) =>
    tool('wait-for-decision', { approval_id: other.approval, wait_seconds: 0 }, 'error'),
  (_, other) => tool('release-grant', { grant_id: other.grant }, 'error'),
  (_, other) => tool('read-secret', { resource: other.secret }, 'error'),
  (_, other) => ({ method: 'resources/read', params: { uri: other.secret }, expected: 'error' }),
  (_, other) => ({
    method: 'resources/read',
    params: { uri: `vsecure://approvals/${other.approval}` },
    expected: 'error',
  }),
];

/** The texts that identify an agent's data, except those that the request itself contains. */
const marksOf = ({ canary, value, approval, grant }: TestAgent, sent: string) =>
  [canary, value, approval, grant].filter((word) => !sent.includes(word));

function chosen(at: number) {
  const self = agents[at % KEYS];
  const round = Math.floor(at / KEYS);
  const other = agents[(at + 1 + (round % (KEYS - 1))) % KEYS];
  const chosenRequest =
    round % COMPLETION_EVERY === 0 ? completeSecrets : REQUESTS[round % REQUESTS.length];
  if (!self || !other || !chosenRequest) throw new Error('there is no such agent');
  return { self, chosenRequest: chosenRequest(self, other) };
}

const connections = new Agent({ keepAlive: true });
afterAll(() => connections.destroy());

/** Uses Node's own client: `fetch` would cost more than the call itself. */
async function post(body: string, key: string): Promise<string> {
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  };
  const sent = request(endpoint.url, { method: 'POST', headers, agent: connections });
  sent.end(body);
  const [answer]: IncomingMessage[] = await once(sent, 'response');
  if (!answer) throw new Error('no answer');
  return text(answer);
}

/** Sends the request with this number. Returns what is wrong with the answer. */
async function sendAndCheck(at: number): Promise<string[]> {
  const { self, chosenRequest } = chosen(at);
  const { method, params, expected } = chosenRequest;
  const sent = JSON.stringify({ jsonrpc: '2.0', id: `${at}`, method, params });
  const answer = await post(sent, self.name);
  const appearsIn = (agent: TestAgent) =>
    marksOf(agent, sent).some((word) => answer.includes(word));
  const leakedAgents = agents.filter((agent) => agent !== self && appearsIn(agent));
  const wrong = leakedAgents.map(({ name }) => `${self.name} got data of ${name} by ${method}`);
  if (!answer.includes(expected)) wrong.push(`${self.name}, ${method}: ${answer}`);
  if (!answer.includes(`"id":"${at}"`))
    wrong.push(`${self.name} got the answer to another request`);
  return wrong;
}

test('in ten thousand concurrent calls no key gets data of another key', {
  timeout: 300_000,
}, async () => {
  const wrong: string[] = [];
  let next = 0;
  const worker = async () => {
    while (next < CALLS) {
      const at = next;
      next += 1;
      wrong.push(...(await sendAndCheck(at)));
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
  expect(wrong.slice(0, 10)).toEqual([]);
  expect(next).toBe(CALLS);
  expect(endpoint.errors).toEqual([]);
});
