/** Clients without a key or with a wrong one: what they show to their user, and that they give up. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { RequestHandler } from 'express';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAdmission } from '../../src/http/admission.js';
import { type Serving, startServing } from '../http/serving.js';
import { temporaryFolder } from '../support/folder.js';
import { buildServices, type Services } from '../support/services.js';
import { startCommand } from '../support/vsecure.js';

const MODULES = path.resolve(import.meta.dirname, '../../node_modules');
const BRIDGE = path.join(MODULES, 'mcp-remote/dist/proxy.js');
const INSPECTOR = path.join(MODULES, '@modelcontextprotocol/inspector-cli/build/cli.js');
const NO_KEY = /This server needs an API key.*vsecure keys:create.*vsecure mcp:config/s;

/** No test gets this far. */
const served: RequestHandler = (_req, res) => void res.status(500).end();

let services: Services;
let serving: Serving;
const seen: string[] = [];
beforeAll(async () => {
  services = await buildServices();
  const admission = createAdmission(services.useCases, 1_000_000);
  serving = await startServing(services, {
    first: [
      (req, _res, next) => {
        seen.push(`${req.method} ${req.path}`);
        next();
      },
    ],
    beforeParsers: (app) => app.all('/mcp', ...admission, served),
  });
});
afterAll(async () => {
  await serving.close();
  await services.close();
});
beforeEach(() => void seen.splice(0));

const KEYS = { 'no key': [], 'a wrong key': ['Authorization:Bearer vsk_a_wrong'] } as const;

describe.each(Object.entries(KEYS))('a client with %s', (_, headers) => {
  test('mcp-remote says that an API key is needed and where to get one, and ends', async () => {
    expect(existsSync(BRIDGE)).toBe(true);
    const flags = headers.flatMap((header) => ['--header', header]);
    const argv = [
      `${serving.server.url}/mcp`,
      '--allow-http',
      '--transport',
      'http-only',
      ...flags,
    ];
    const env = { HOME: temporaryFolder('home'), MCP_REMOTE_CONFIG_DIR: temporaryFolder('bridge') };
    const { exit, stderr } = await startCommand([process.execPath, BRIDGE, ...argv], { env }).ended;
    expect(exit).toBe(1);
    expect(stderr).toMatch(NO_KEY);
    expect(seen.length).toBeLessThan(20);
  });

  test('the Inspector says that an API key is needed, and ends', async () => {
    const flags = headers.flatMap((header) => ['--header', header.replace(':', ': ')]);
    const argv = [
      `${serving.server.url}/mcp`,
      '--transport',
      'http',
      '--method',
      'tools/list',
      ...flags,
    ];
    const command = [process.execPath, INSPECTOR, '--cli', ...argv] as const;
    const { exit, stderr } = await startCommand(command, {}).ended;
    expect(exit).toBe(1);
    expect(stderr).toMatch(/API key.*vsecure keys:create/s);
    expect(seen.length).toBeLessThan(20);
  });

  test('a client of the SDK that tries OAuth gets the same sentence from its registration', async () => {
    const requestInit = {
      headers: headers.map((header) => header.split(':') as [string, string]),
    };
    const authProvider = {
      redirectUrl: 'http://127.0.0.1:1/callback',
      clientMetadata: { redirect_uris: ['http://127.0.0.1:1/callback'] },
      clientInformation: () => undefined,
      saveClientInformation: () => {},
      tokens: () => undefined,
      saveTokens: () => {},
      redirectToAuthorization: () => {},
      saveCodeVerifier: () => {},
      codeVerifier: () => '',
    };
    const url = new URL(`${serving.server.url}/mcp`);
    const transport = new StreamableHTTPClientTransport(url, { authProvider, requestInit });
    const client = new Client({ name: 'a test', version: '0.0.0' });
    const connecting = client.connect(transport as Parameters<typeof client.connect>[0]);
    await expect(connecting).rejects.toThrow(NO_KEY);
    expect(seen.filter((one) => one === 'POST /register')).toHaveLength(1);
  });
});

test.each([
  '/.well-known/oauth-protected-resource/mcp',
  '/.well-known/oauth-authorization-server',
  '/.well-known/openid-configuration',
  '/mcp/.well-known/openid-configuration',
])('%s says that there is no authorization server, and may not be cached', async (document) => {
  const answer = await serving.say('GET', document);
  expect(answer).toMatchObject({ status: 404, json: { error_description: NO_KEY_TEXT } });
  expect(answer.headers.get('cache-control')).toBe('no-store');
});

const NO_KEY_TEXT = expect.stringMatching(NO_KEY);

test('the answer to a registration does not contain the word after which Claude Code hides the text', async () => {
  const { status, text } = await serving.say('POST', '/register', { body: { redirect_uris: [] } });
  expect(status).toBe(400);
  expect(text).not.toMatch(/bearer/i);
});
