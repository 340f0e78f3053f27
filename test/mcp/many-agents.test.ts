/** Fifty keys over one real house, ten thousand calls at once: whatever is asked, nobody meets anything of anybody else's. */

import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildServices, type Services, unwrap } from '../support/services.js';
import { startEndpoint, type TestEndpoint } from './endpoint.js';

const KEYS = 50;
const CALLS = 10_000;
/** Connections that are busy at once: as many as keys, so that the calls of all of them mix. */
const AT_ONCE = KEYS;

interface RequestContext {
  readonly name: string;
  /** In its paths and its reasons. */
  readonly canary: string;
  /** What nobody else may ever see. */
  readonly value: string;
  readonly secret: string;
  readonly approval: string;
  readonly grant: string;
}

let services: Services;
let endpoint: TestEndpoint;
const agents: RequestContext[] = [];

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

interface Question {
  readonly method: string;
  readonly params: object;
  /** What shows that this very question was answered. */
  readonly told: string;
}

const tool = (name: string, args: object, told: string): Question => ({
  method: 'tools/call',
  params: { name, arguments: args },
  told,
});

/** Asked in every twentieth round: it looks at what comes after it in the list of all secrets. */
const completeSecrets = (self: RequestContext): Question => ({
  method: 'completion/complete',
  params: {
    ref: { type: 'ref/resource', uri: 'vsecure://secrets/{+path}' },
    argument: { name: 'path', value: self.canary.slice(0, -1) },
  },
  told: self.canary,
});
const SELDOM = 20;

/** What one agent asks: for its own things, and for those of `other`. */
const QUESTIONS: readonly ((self: RequestContext, other: RequestContext) => Question)[] = [
  (self) => tool('read-secret', { resource: self.secret }, self.value),
  (self) => tool('wait-for-decision', { approval_id: self.approval, wait_seconds: 0 }, self.grant),
  (self) => ({ method: 'resources/read', params: { uri: self.secret }, told: 'granted' }),
  (self) => ({
    method: 'resources/read',
    params: { uri: `vsecure://approvals/${self.approval}` },
    told: self.grant,
  }),
  (self) => ({ method: 'resources/read', params: { uri: 'vsecure://grants' }, told: self.grant }),
  (self) => ({
    method: 'completion/complete',
    params: {
      ref: { type: 'ref/resource', uri: 'vsecure://approvals/{id}' },
      argument: { name: 'id', value: 'appr_' },
    },
    told: self.approval,
  }),
  (_, other) =>
    tool('wait-for-decision', { approval_id: other.approval, wait_seconds: 0 }, 'error'),
  (_, other) => tool('release-grant', { grant_id: other.grant }, 'error'),
  (_, other) => tool('read-secret', { resource: other.secret }, 'error'),
  (_, other) => ({ method: 'resources/read', params: { uri: other.secret }, told: 'error' }),
  (_, other) => ({
    method: 'resources/read',
    params: { uri: `vsecure://approvals/${other.approval}` },
    told: 'error',
  }),
];

/** Everything that tells of somebody, but for what the asking key said itself. */
const notificationsOf = ({ canary, value, approval, grant }: RequestContext, said: string) =>
  [canary, value, approval, grant].filter((word) => !said.includes(word));

function chosen(at: number) {
  const self = agents[at % KEYS];
  const round = Math.floor(at / KEYS);
  const other = agents[(at + 1 + (round % (KEYS - 1))) % KEYS];
  const question = round % SELDOM === 0 ? completeSecrets : QUESTIONS[round % QUESTIONS.length];
  if (!self || !other || !question) throw new Error('nobody asks');
  return { self, question: question(self, other) };
}

const connections = new Agent({ keepAlive: true });
afterAll(() => connections.destroy());

/** Node's own client: `fetch` would cost more than what it asks for. */
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

/** Asks the question with this number; answers with what is wrong about the answer. */
async function ask(at: number): Promise<string[]> {
  const { self, question } = chosen(at);
  const { method, params, told } = question;
  const said = JSON.stringify({ jsonrpc: '2.0', id: `${at}`, method, params });
  const answer = await post(said, self.name);
  const met = (agent: RequestContext) =>
    notificationsOf(agent, said).some((word) => answer.includes(word));
  const strangers = agents.filter((agent) => agent !== self && met(agent));
  const wrong = strangers.map(({ name }) => `${self.name} was told of ${name} by ${method}`);
  if (!answer.includes(told)) wrong.push(`${self.name}, ${method}: ${answer}`);
  if (!answer.includes(`"id":"${at}"`)) wrong.push(`${self.name} got the answer to something else`);
  return wrong;
}

test('ten thousand calls at once, and nobody is told of anybody else', {
  timeout: 120_000,
}, async () => {
  const wrong: string[] = [];
  let next = 0;
  const asking = async () => {
    while (next < CALLS) {
      const at = next;
      next += 1;
      wrong.push(...(await ask(at)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, asking));
  expect(wrong.slice(0, 10)).toEqual([]);
  expect(next).toBe(CALLS);
  expect(endpoint.errors).toEqual([]);
});
