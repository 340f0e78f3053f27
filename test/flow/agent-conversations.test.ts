/** Whole conversations of an AI tool: a script that knows only the server's answers debugs production, sets up staging and reviews security. */

import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Approval, VSecureClient } from '../../src/sdk/index.js';
import { brokenInvariants } from '../support/invariants.js';
import { type AnyClient, connectClient, fields, listedSecrets } from '../support/mcp-client.js';
import { RELAY } from '../support/relay.js';
import type { RunningServer } from '../support/server.js';
import type { Services } from '../support/services.js';
import { until } from '../support/until.js';
import { vsecure } from '../support/vsecure.js';
import { openServers } from './real-servers.js';
import { nextOf, openAgent } from './scripted-agent.js';

const AUTH = ['DATABASE_URL', 'JWT_SECRET', 'REDIS_URL'].map((name) => `AUTH_SERVICE_${name}`);
const PRODUCTION = AUTH.map((name) => `vsecure://secrets/production/${name}`);
const TEMPLATE = 'vsecure://templates/service.env';
const STAGING = ['STAGING_DATABASE_URL', 'STAGING_API_KEY', 'STAGING_REDIS_URL'];

let services: Services;
let server: RunningServer;
let alice: VSecureClient;
let stop: () => Promise<unknown>;
beforeAll(async () => {
  ({ services, server, alice, stop } = await openServers(1, setUp));
});
afterAll(async () => {
  await stop();
  expect(await brokenInvariants(services.database.dataSource)).toEqual([]);
  await services.close();
});

async function setUp(services: Services): Promise<void> {
  await services.policy();
  await services.policy({ permissions: ['read', 'write'] }, 'vsecure://secrets/staging/*');
  await services.policy({ requiresApproval: false }, 'vsecure://templates/**');
  for (const uri of ['vsecure://audit', 'vsecure://api-keys']) await services.policy({}, uri);
  for (const [place, uri] of PRODUCTION.entries()) await services.secret(secretAt(place), uri);
  await services.secret('unused-canary-9', 'vsecure://secrets/production/BILLING_KEY');
  await services.secret(STAGING.join('\n'), TEMPLATE);
}

const secretAt = (place: number) => `production-canary-${place}`;

let count = 0;
/** A tool that a person has just set up, over stdio as Claude Desktop has it. */
async function connected(): Promise<AnyClient> {
  count += 1;
  const { token } = await services.agent(`assistant-${count}`);
  const through = [process.execPath, RELAY] as const;
  const client = await connectClient({ url: server.url, token, kind: 'v1', through });
  onTestFinished(() => client.close());
  return client;
}

/** A person looks at what waits, and decides the first of it. Resolves with what they saw. */
async function decideNext(decide: (approval: Approval) => Promise<unknown>) {
  const waiting = await until('a request to wait for a person', async () => {
    const [first] = await alice.mcp.listApprovals({ status: 'pending' });
    return first;
  });
  await decide(waiting);
  return waiting;
}
const approveNext = () => decideNext(({ id }) => alice.mcp.approve(id, { reason: 'go ahead' }));

/** The words that a person picks from the tool's menu of prompts. */
async function promptOf(client: AnyClient, name: string, args: Record<string, string>) {
  const { messages } = await client.getPrompt({ name, arguments: args });
  const [message] = messages;
  return message?.content.type === 'text' ? message.content.text : '';
}

const typesOf = async (name: string) => {
  const { items } = await services.store.audit.list({ actor: name }, { limit: 200 });
  return items.map(({ type }) => type).reverse();
};

describe('an agent investigates a failed login to production', () => {
  const symptom = 'Users cannot log in to production since this morning';

  test('the agent finds the cause with three secrets, and releases them afterwards', async () => {
    const client = await connected();
    const prompt = await promptOf(client, 'debug-production', {
      environment: 'production',
      symptom,
    });
    expect(prompt).toContain(symptom);
    const agent = await openAgent(client);
    const listed = await agent.use('list-secrets', { pattern: 'vsecure://secrets/production/**' });
    const resources = listedSecrets(listed)
      .map(({ resource }) => resource)
      .filter((resource) => resource.includes('AUTH_SERVICE'));
    expect(resources).toEqual([...PRODUCTION].sort());

    // It tries first, and learns that it has to ask.
    const early = await agent.use('read-secret', { resource: resources[0] });
    const person = approveNext();
    const asked = await agent.follow(nextOf(early), { resources, reason: symptom });
    const granted = await agent.settle(asked);
    expect(await person).toMatchObject({ reason: symptom, resources });
    expect(granted).toMatchObject({ status: 'approved', next: { tool: 'read-secret' } });

    const first = await agent.follow(granted.next);
    const others = [];
    for (const resource of resources.slice(1))
      others.push(await agent.use('read-secret', { resource }));
    expect([first, ...others].map((read) => fields(read)['value']).sort()).toEqual(
      [0, 1, 2].map(secretAt),
    );
    agent.say('The JWT secret has expired.');
    const { grant_id } = granted.fields;
    expect(fields(await agent.use('release-grant', { grant_id }))['status']).toBe('released');
    const late = await agent.use('read-secret', { resource: resources[0] });
    expect(late.isError).toBe(true);
    expect(agent.messages.join('\n')).not.toMatch(/canary/);
    expect(agent.calls).toEqual([
      'list-secrets',
      'read-secret',
      'request-access',
      'wait-for-decision',
      'read-secret',
      'read-secret',
      'read-secret',
      'release-grant',
      'read-secret',
    ]);
    const trail = await typesOf(`assistant-${count}`);
    expect(trail.filter((type) => type === 'secret_read')).toHaveLength(3);
    expect(trail).toEqual(expect.arrayContaining(['approval_requested', 'access_released']));
  });

  test('after a denial the agent gives its user the reason and stops', async () => {
    const agent = await openAgent(await connected());
    const person = decideNext(({ id }) => alice.mcp.deny(id, { reason: 'use the replica' }));
    const [outcome] = await agent.obtain({
      resources: PRODUCTION,
      operation: 'read',
      reason: symptom,
    });
    await person;
    expect(outcome).toMatchObject({
      status: 'denied',
      fields: { decision_reason: 'use the replica' },
      next: undefined,
    });
    expect(agent.messages.join('\n')).toMatch(/final/);
    expect(agent.calls).toEqual(['request-access', 'wait-for-decision']);
  });

  test('without a decision the agent waits three times, informs its user, and continues when the user asks', async () => {
    const agent = await openAgent(await connected(), 1);
    const wish = { resources: [PRODUCTION[0] ?? ''], operation: 'read', reason: symptom };
    const [outcome] = await agent.obtain(wish);
    expect(outcome?.status).toBe('pending');
    expect(agent.calls).toEqual(['request-access', ...Array(3).fill('wait-for-decision')]);
    expect(agent.messages.at(-1)).toMatch(/inform your user that a person has to decide/);
    await approveNext();
    const later = await agent.settle(await agent.follow(outcome?.next));
    expect(later).toMatchObject({ status: 'approved', next: { tool: 'read-secret' } });
    expect(fields(await agent.follow(later.next))['value']).toBe(secretAt(0));
  });
});

test('an agent sets up the secrets of a staging environment, and no value appears in the conversation', async () => {
  const client = await connected();
  expect(await promptOf(client, 'setup-environment', { name: 'staging' })).toContain('staging');
  const agent = await openAgent(client);
  const [open] = await agent.obtain({
    resources: [TEMPLATE],
    operation: 'read',
    reason: 'The template says which secrets staging needs',
  });
  expect(open?.status).toBe('approved');
  const names = String(fields(await agent.follow(open?.next))['value']).split('\n');
  const missing = names.map((name) => `vsecure://secrets/staging/${name}`);

  const person = approveNext();
  const [granted] = await agent.obtain({
    resources: missing,
    operation: 'write',
    reason: 'Setting up the new staging environment',
  });
  expect(await person).toMatchObject({ operation: 'write', resources: [...missing].sort() });
  expect(granted?.status).toBe('approved');

  // The hint cannot know whether there is something to update; the answer does.
  const hinted = await agent.follow(granted?.next, { generate: {} });
  expect(hinted.error.code).toBe('not_found');
  expect(fields(await agent.follow(nextOf(hinted), { generate: {} }))['version']).toBe(1);
  const made = (granted?.next?.arguments['resource'] ?? '') as string;
  const [known, generated] = missing.filter((resource) => resource !== made);
  const more = await agent.use('create-secret', { resource: generated, generate: { length: 64 } });
  expect(fields(more)['version']).toBe(1);

  // One value only a person knows: they enter it where the agent does not see it.
  const needs = await agent.use('create-secret', { resource: known });
  expect(needs.error.code).toBe('needs_value');
  agent.say(needs.error.message);
  const [, command = ''] = /: (vsecure .+)$/.exec(needs.error.message) ?? [];
  const env = { VSECURE_URL: server.url, VSECURE_API_KEY: services.adminToken };
  const typed = await vsecure(command.split(' ').slice(1), { env, stdin: 'typed-canary-7' });
  expect(typed.exit, typed.stderr).toBe(0);

  const listed = listedSecrets(await agent.use('list-secrets')).map(({ resource }) => resource);
  expect(listed).toEqual(expect.arrayContaining(missing));
  await agent.use('release-grant', { grant_id: granted?.fields['grant_id'] });
  for (const resource of missing) {
    const read = await agent.use('read-secret', { resource });
    expect(read.error.code).toBe('approval_required');
  }
  expect(agent.messages.join('\n')).not.toMatch(/canary/);
});

test('a security review reads secret names, keys and the whole audit log, each after approval, and no value', async () => {
  const client = await connected();
  const prompt = await promptOf(client, 'security-review', { since: '30d' });
  expect(prompt).toContain('30d');
  const agent = await openAgent(client);
  const said: string[] = [];
  const use = async (tool: string, args: Record<string, unknown> = {}) => {
    const answer = await agent.use(tool, args);
    said.push(answer.text);
    return answer;
  };
  fields(await use('list-secrets'));
  const own = fields(await use('query-audit-log', { since: '30d' }));
  expect(own['seen']).toBe('own');
  expect(nextOf(await use('list-api-keys'))).toMatchObject({ tool: 'request-access' });

  const people = (async () => [await approveNext(), await approveNext()])();
  const outcomes = await agent.obtain({
    resources: ['vsecure://audit', 'vsecure://api-keys'],
    operation: 'read',
    reason: 'Reviewing the security configuration',
  });
  expect((await people).map(({ resources }) => resources).sort()).toEqual([
    ['vsecure://api-keys'],
    ['vsecure://audit'],
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['approved', 'approved']);
  for (const { next } of outcomes) {
    const args = next?.tool === 'query-audit-log' ? { since: '30d' } : {};
    const answer = await agent.follow(next, args);
    said.push(answer.text);
    expect(answer.isError).toBe(false);
  }
  expect(said.join('\n')).toMatch(/"seen":"all"/);
  expect(said.join('\n')).toMatch(/assistant-1/);
  expect(said.join('\n')).not.toMatch(/canary|vsk_/);
  for (const { fields: last } of outcomes)
    expect((await use('release-grant', { grant_id: last['grant_id'] })).isError).toBe(false);
});
