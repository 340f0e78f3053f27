/** Traces show where the time goes, from the request to the decision, and contain no text of people or agents. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { VSecureClient } from '../../src/sdk/index.js';
import { testDatabase } from '../support/database.js';
import { temporaryFolder } from '../support/folder.js';
import { type RunningServer, startVsecure } from '../support/server.js';
import { buildServices, DATABASE_URL, type Services } from '../support/services.js';
import { until } from '../support/until.js';

const CANARY = 'canary-4Tz9';
const REASON = `${CANARY} is why somebody asks`;
const INBOUND = `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`;

const attribute = z.object({ key: z.string(), value: z.record(z.string(), z.unknown()) });
const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  attributes: z.array(attribute).default([]),
  links: z.array(z.object({ traceId: z.string() })).default([]),
});
const sent = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});

const spans: z.output<typeof span>[] = [];
const bodies: string[] = [];
const keys: (string | undefined)[] = [];
const collector = createServer(async (req, res) => {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString();
  bodies.push(body);
  keys.push(req.headers['x-api-key']?.toString());
  for (const { scopeSpans } of sent.parse(JSON.parse(body)).resourceSpans)
    spans.push(...scopeSpans.flatMap((scope) => scope.spans));
  res.writeHead(200, { 'content-type': 'application/json' }).end('{}');
});

let services: Services;
let server: RunningServer;
beforeAll(async () => {
  const database = await testDatabase();
  services = await buildServices({ database });
  await services.policy();
  await services.secret(`${CANARY} is the value`);
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  server = await startVsecure({
    database: { url: database.url },
    masterKey: services.masterKeyText,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=for%20the%20collector',
      OTEL_BSP_SCHEDULE_DELAY: '100',
    },
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  collector.closeAllConnections();
  collector.close();
  await services.close();
});

const clientOf = (apiKey: string, headers: Record<string, string> = {}) =>
  new VSecureClient({
    url: server.url,
    apiKey,
    fetch: (url, init) =>
      fetch(url, { ...init, headers: { ...Object(init?.headers), ...headers } }),
  });

const named = (name: string) => spans.filter((one) => one.name === name);
const said = ({ attributes }: (typeof spans)[number]) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

test('the spans of a request, its use case, its transactions and its decision are connected', async () => {
  const agent = (await services.agent()).token;
  const alice = (await services.human('alice@example.com')).token;
  const asked = await clientOf(agent, { traceparent: INBOUND }).mcp.requestApproval({
    resource: DATABASE_URL,
    operation: 'read',
    reason: REASON,
    waitFor: 0,
  });
  await clientOf(alice).mcp.approve(asked.id, { reason: `${CANARY} is why it is decided` });
  await clientOf(agent).secrets.get(DATABASE_URL);
  await until(
    'the spans',
    () => named('read secret').length > 0 && named('decide').length > 0,
    20_000,
  );

  const [request] = named('request access');
  expect(request?.traceId).toBe('ab'.repeat(16));
  const http = spans.find(({ spanId }) => spanId === request?.parentSpanId);
  expect(http && said(http)).toMatchObject({
    'http.request.method': 'POST',
    'http.route': '/api/v1/approvals',
    'http.response.status_code': expect.anything(),
    'vsecure.request': 'ab'.repeat(16),
  });
  expect(
    spans.some(
      ({ name, parentSpanId }) => name === 'transaction' && parentSpanId === request?.spanId,
    ),
  ).toBe(true);
  const [decided] = named('decide');
  expect(decided && said(decided)).toEqual({
    'vsecure.approval': asked.id,
    'vsecure.outcome': 'done',
  });
  expect(decided?.links.map(({ traceId }) => traceId)).toEqual(['ab'.repeat(16)]);
  expect(keys).toContain('for the collector');
});

test('spans contain names of the program and ids, and no text of people or agents', () => {
  const keysOf = new Set(spans.flatMap(({ attributes }) => attributes.map(({ key }) => key)));
  const known = [
    'http.request.method',
    'http.route',
    'http.response.status_code',
    'vsecure.request',
    'vsecure.approval',
    'vsecure.outcome',
  ];
  expect([...keysOf].filter((key) => !known.includes(key))).toEqual([]);
  const all = bodies.join('');
  expect(all).toContain('request access');
  for (const needle of [CANARY, 'DATABASE_URL', 'alice@example.com', 'claude-desktop', 'vsk_'])
    expect(all).not.toContain(needle);
});

test('an unreachable collector affects nothing but the traces', async () => {
  collector.closeAllConnections();
  collector.close();
  const { token } = await services.agent('later');
  const asked = await clientOf(token).mcp.requestApproval({
    resource: DATABASE_URL,
    operation: 'read',
    reason: 'The collector is away, the work goes on',
    waitFor: 0,
  });
  expect(asked.status).toBe('pending');
  expect((await server.stop()).exit).toBe(0);
});

test('without a collector, Slack and a mail server none of their libraries is loaded', async () => {
  const file = path.join(temporaryFolder('loads'), 'loaded');
  const database = await testDatabase();
  const plain = await startVsecure({
    database: { url: database.url },
    env: { NODE_OPTIONS: `--import ${path.resolve('test/cli/loads.mjs')}`, LOADS_FILE: file },
  });
  await plain.stop();
  await database.close();
  const loaded = readFileSync(file, 'utf8');
  expect(loaded).toContain('pino');
  expect(loaded).not.toMatch(/@opentelemetry\/(sdk|exporter|resources)/);
  expect(loaded).not.toMatch(/otel\.(js|ts)/);
  expect(loaded).not.toMatch(/@slack\/(bolt|web-api)|nodemailer/);
});
