/**
 * Generates the table of clients in docs/mcp.md by running them all. `npx vitest run test/mcp/every-client.test.ts -u` updates the
 * table; without `-u` the test fails when the table is out of date.
 */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { needRelay, RELAY } from '../support/relay.js';
import { buildServices, type Services } from '../support/services.js';
import type { ClientRow, Connected, Target } from './client-row.js';
import { startEndpoint, type TestEndpoint } from './endpoint.js';
import { EVERY_CLIENT } from './every-client.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const PAGE = path.join(ROOT, 'docs/mcp.md');
const SECRET = 'vsecure://secrets/open/GREETING';
/** The text between the markers in the page. */
const TABLE = /(?<=<!-- clients -->\n).*?(?=<!-- \/clients -->)/s;

let services: Services;
let endpoint: TestEndpoint;
let token: string;
beforeAll(async () => {
  needRelay();
  services = await buildServices();
  await services.policy({ requiresApproval: false }, 'vsecure://secrets/open/*');
  await services.secret('hello', SECRET);
  const agent = await services.agent();
  token = agent.token;
  endpoint = await startEndpoint({ useCases: services.useCases, keys: { [token]: agent.caller } });
});
afterAll(async () => {
  await endpoint.close();
  await services.close();
});

const TASKS: Readonly<Record<string, (client: Connected['client']) => Promise<unknown>>> = {
  tools: (client) => client.listTools(),
  ask: (client) => {
    const args = { resources: [SECRET], operation: 'read', reason: 'to greet the team' };
    return client.callTool({ name: 'request-access', arguments: args });
  },
  read: (client) => client.callTool({ name: 'read-secret', arguments: { resource: SECRET } }),
  refusal: async (client) => {
    const call = { name: 'read-secret', arguments: { resource: 'vsecure://secrets/no/WHERE' } };
    return { isError: !isError(await client.callTool(call)) };
  },
  resources: async (client) => {
    await client.listResources();
    return client.readResource({ uri: SECRET });
  },
  prompts: async (client) => {
    await client.listPrompts();
    return client.getPrompt({ name: 'security-review', arguments: {} });
  },
};

const isError = (answer: unknown) =>
  typeof answer === 'object' && answer !== null && 'isError' in answer && answer.isError === true;

/** A tick, or the tasks that failed. Undefined when the client is not installed. */
async function runTasks(row: ClientRow, target: Target) {
  endpoint.versions.length = 0;
  const connected = await row.connect(target);
  if (!connected) return undefined;
  const failed: string[] = [];
  for (const [task, run] of Object.entries(TASKS)) {
    const answer = await run(connected.client).catch(() => ({ isError: true }));
    if (isError(answer)) failed.push(task);
  }
  await connected.client.close();
  const protocol = connected.protocol ?? endpoint.versions.at(-1);
  return { protocol, cell: failed.length ? `not ${failed.join(', ')}` : '✓' };
}

async function lineOf(row: ClientRow, page: string): Promise<string> {
  const url = endpoint.origin;
  const http = await runTasks(row, { url, token });
  const through = [process.execPath, RELAY] as const;
  const stdio = row.bridge ? { cell: '–' } : await runTasks(row, { url, token, through });
  // A client that is not installed here keeps its old line.
  const old = page.split('\n').find((line) => line.startsWith(`| ${row.name} |`));
  if (!http || !stdio) return old ?? `| ${row.name} | | not tried | not tried |`;
  return `| ${row.name} | ${http.protocol} | ${http.cell} | ${stdio.cell} |`;
}

test('every client completes every task, and docs/mcp.md has the same table', {
  timeout: 120_000,
}, async () => {
  const page = readFileSync(PAGE, 'utf8');
  const lines = ['| client | protocol | HTTP | stdio |', '|---|---|---|---|'];
  for (const row of EVERY_CLIENT) lines.push(await lineOf(row, page));
  expect(page).toMatch(TABLE);
  await expect(page.replace(TABLE, `${lines.join('\n')}\n`)).toMatchFileSnapshot(PAGE);
  expect(lines.filter((line) => line.includes('not '))).toEqual([]);
  expect(endpoint.errors).toEqual([]);
});
