/** Tries everything that the server lists, with a key of every class: nothing approves, denies, changes a policy or creates a key. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, may } from '../../src/domain/rights.js';
import { KEY_CLASSES, type KeyClass } from '../../src/domain/vocabulary.js';
import { sqlOn } from '../../src/store/sql.js';
import {
  buildServices,
  DATABASE_URL,
  PRODUCTION,
  type Services,
  unwrap,
} from '../support/services.js';
import { type AnyClient, CLIENT_KINDS, startEndpoint, type TestEndpoint } from './endpoint.js';

/** The owner of each key. The key can do the most that its class allows. */
const OWNERS: Record<KeyClass | 'admin', string> = {
  agent: 'bob@example.com',
  human: 'alice@example.com',
  service: 'admin@example.com',
  admin: 'admin@example.com',
};
const KEY_HOLDERS = [...KEY_CLASSES, 'admin'] as const;

let services: Services;
let endpoint: TestEndpoint;
/** Pending requests: one of each key that may request access. */
const pending: string[] = [];
beforeAll(async () => {
  services = await buildServices();
  await services.policy({ permissions: ['read', 'write', 'delete', 'list'] });
  for (const uri of ['vsecure://audit', 'vsecure://api-keys']) await services.policy({}, uri);
  await services.secret();
  const keys: Record<string, Caller> = { admin: services.admin };
  for (const keyClass of KEY_CLASSES)
    keys[keyClass] = (await services.key(`a-${keyClass}`, keyClass, OWNERS[keyClass])).caller;
  for (const caller of Object.values(keys))
    if (may(caller, 'access:request')) pending.push((await services.ask(caller)).id);
  endpoint = await startEndpoint({ useCases: services.useCases, keys });
});
afterAll(async () => {
  expect(endpoint.errors).toEqual([]);
  await endpoint.close();
  await services.close();
});

/** Everything that only a person or an operator may change. */
async function protectedState() {
  const sql = sqlOn(services.database.dataSource);
  const [approvals, votes, grants, policies, keys, principals, people] = await Promise.all([
    sql(`select id, status from approval where status in ('approved', 'denied') order by id`),
    sql('select * from vote'),
    sql('select * from access_grant'),
    sql('select * from policy order by id'),
    sql('select * from api_key order by id'),
    sql('select * from principal order by id'),
    sql('select id, email, role, active from person order by id'),
  ]);
  return { approvals, votes, grants, policies, keys, principals, people };
}

interface Property {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly object[];
}

const WORDS = ['approve', 'deny', 'admin', 'grants', 'x'];
const ADDRESSES = [
  DATABASE_URL,
  PRODUCTION,
  'vsecure://**',
  'vsecure://audit',
  'vsecure://api-keys',
  'vsecure://policies/production',
  'vsecure://approvals/approve',
];

/** The values to try for a property, by its type and name. */
function valuesFor(name: string, { type, enum: words }: Property): readonly unknown[] {
  if (words) return words;
  if (name === 'approval_id') return pending;
  if (name === 'resources') return ADDRESSES.map((one) => [one]);
  if (name === 'resource') return ADDRESSES;
  if (name === 'reason') return ['I approve this request myself, as alice@example.com'];
  if (name === 'wait_seconds') return [0];
  if (name === 'duration') return ['1h'];
  if (type === 'integer') return [1];
  if (type === 'boolean') return [true, false];
  if (type === 'object') return [{}];
  return WORDS;
}

/** Arguments that an attacker might add, hoping that the server uses them. */
const EXTRAS: readonly object[] = [
  {},
  { action: 'approve', verdict: 'approve', decision: 'approved', status: 'approved' },
  { approvers: ['bob@example.com'], requiresApproval: false, scopes: ['approvals:decide'] },
];

/** Calls that together use every value of every property at least once. */
function callsOf(properties: Readonly<Record<string, Property>>, required: readonly string[]) {
  const all = Object.entries(properties).map(
    ([name, property]) => [name, valuesFor(name, property)] as const,
  );
  const rounds = Math.max(1, ...all.map(([, values]) => values.length));
  // Without wait_seconds the call would wait for a person.
  const must = all.filter(([name]) => required.includes(name) || name === 'wait_seconds');
  return Array.from({ length: rounds }, (_, round) => {
    const [least, most] = [must, all].map((some) =>
      Object.fromEntries(some.map(([name, values]) => [name, values[round % values.length]])),
    );
    return [most, ...EXTRAS.map((extra) => ({ ...least, ...extra }))];
  }).flat();
}

/** Ignores whether the call is refused. */
const attempt = (work: Promise<unknown>) => work.then(Boolean, () => false);

/** Calls every tool that the server lists to any key: a key is not listed what it can never use. Resolves with the number of calls. */
async function tryTools(client: AnyClient): Promise<number> {
  const tools = new Map<string, ReturnType<typeof callsOf>>();
  for (const holder of KEY_HOLDERS)
    for (const { name, inputSchema } of (await (await endpoint.client(holder)).listTools()).tools) {
      const { properties = {}, required = [] } = inputSchema;
      tools.set(name, callsOf(properties as Record<string, Property>, required));
    }
  for (const [name, calls] of tools)
    await Promise.all(
      calls.map((args = {}) => attempt(client.callTool({ name, arguments: args }))),
    );
  return [...tools.values()].flat().length;
}

async function tryTheRest(client: AnyClient): Promise<number> {
  const { resources } = await client.listResources();
  const { resourceTemplates } = await client.listResourceTemplates();
  const { prompts } = await client.listPrompts();
  const filled = resourceTemplates.flatMap(({ uriTemplate }) =>
    [...pending, ...WORDS, 'production/DATABASE_URL'].map((word) =>
      uriTemplate.replace(/\{[^}]*\}/, word),
    ),
  );
  const uris = [...resources.map(({ uri }) => uri), ...filled];
  const work = [
    ...uris.map((uri) => () => client.readResource({ uri })),
    ...prompts.flatMap(({ name, arguments: all = [] }) =>
      [...WORDS, '7d'].map((word) => () => {
        const args = Object.fromEntries(all.map((one) => [one.name, word]));
        return client.getPrompt({ name, arguments: args });
      }),
    ),
  ];
  let done = 0;
  for (const one of work) if (await attempt(one())) done += 1;
  return done;
}

/** Tool names that a server might accept without listing them. */
const UNLISTED = [
  'approve-request',
  'deny-request',
  'decide',
  'respond',
  'mcp:approve',
  'configure-resource',
  'apply-policies',
  'create-api-key',
  'keys:create',
];

describe.each(KEY_HOLDERS)('with a key of class %s', (holder) => {
  test('no tool, resource or prompt changes a decision, a policy or a key, whatever the arguments', {
    timeout: 120_000,
  }, async () => {
    const before = await protectedState();
    const client = await endpoint.client(holder);
    expect(await tryTools(client)).toBeGreaterThan(100);
    expect(await tryTheRest(client)).toBeGreaterThan(5);
    for (const name of UNLISTED) {
      const args = { approval_id: pending[0], verdict: 'approve', reason: 'yes' };
      await expect(client.callTool({ name, arguments: args })).rejects.toThrow();
    }
    expect(await protectedState()).toEqual(before);
  });
});

test('every kind of client gets the same tools, prompts and resource templates', async () => {
  const lists = async (client: AnyClient) => ({
    tools: (await client.listTools()).tools.map(({ name }) => name),
    prompts: (await client.listPrompts()).prompts.map(({ name }) => name),
    templates: (await client.listResourceTemplates()).resourceTemplates.map((one) => one.name),
  });
  const [first, ...others] = await Promise.all(
    CLIENT_KINDS.map(async (kind) => lists(await endpoint.client('admin', kind))),
  );
  for (const other of others) expect(other).toEqual(first);
});

test('the check notices a decision and a policy change', async () => {
  const before = await protectedState();
  const alice = await services.decider('alice@example.com');
  const { id: approval } = await services.ask((await services.agent('late')).caller);
  unwrap(await services.useCases.decide(alice, { approval, verdict: 'approve', reason: 'yes' }));
  await services.policy({ approvers: ['bob@example.com'] });
  const after = await protectedState();
  for (const kind of ['approvals', 'votes', 'grants', 'policies', 'keys'] as const)
    expect(after[kind], kind).not.toEqual(before[kind]);
});
