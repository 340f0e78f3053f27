/** The API's own description: whole, closed in itself, and about exactly the routes that are mounted. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { PROBLEM_CODES } from '../../src/contract/problem.js';
import { ROUTES } from '../../src/contract/routes.js';
import { STATUS } from '../../src/http/problem.js';
import { type Serving, startServing } from './serving.js';

/** The parts of OpenAPI 3.1 that this document uses, and no others. */
const reference = z.strictObject({ $ref: z.string() });
const content = z.record(z.string(), z.strictObject({ schema: z.looseObject({}) }));
const header = z.strictObject({ description: z.string(), schema: z.looseObject({}) });
const response = z.strictObject({
  description: z.string().min(1),
  headers: z.record(z.string(), header).optional(),
  content,
});
const parameter = z.strictObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'header']),
  required: z.boolean(),
  description: z.string().optional(),
  schema: z.looseObject({}),
  example: z.string().optional(),
});
const operation = z.strictObject({
  operationId: z.string().regex(/^[a-z]+_[a-z]+$/),
  tags: z.array(z.string()).optional(),
  summary: z.string().regex(/\.$/),
  security: z.array(z.unknown()).optional(),
  'x-scopes': z.array(z.string()).optional(),
  'x-key-classes': z.array(z.string()).optional(),
  parameters: z.array(z.union([reference, parameter])).optional(),
  requestBody: z.strictObject({ required: z.literal(true), content }).optional(),
  responses: z.record(z.string().regex(/^(\d{3}|default)$/), z.union([reference, response])),
});
const methods = z.partialRecord(z.enum(['get', 'post', 'put', 'patch']), operation);
const document = z.strictObject({
  openapi: z.string().regex(/^3\.1\.\d$/),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  servers: z.array(z.strictObject({ url: z.literal('/api/v1') })),
  security: z.tuple([z.strictObject({ key: z.array(z.never()) })]),
  tags: z.array(z.strictObject({ name: z.string() })),
  paths: z.record(z.string().startsWith('/'), methods),
  components: z.strictObject({
    schemas: z.record(z.string().regex(/^[A-Z][A-Za-z]+$/), z.looseObject({})),
    parameters: z.record(z.string(), parameter),
    responses: z.record(z.string(), response),
    securitySchemes: z.record(z.string(), z.looseObject({})),
  }),
});

let serving: Serving;
let text: string;
let described: z.output<typeof document>;

beforeAll(async () => {
  serving = await startServing();
  const said = await serving.api('GET', '/openapi.json');
  expect(said.status).toBe(200);
  text = said.text;
  described = document.parse(said.json);
});
afterAll(() => serving.close());

const operations = () =>
  Object.entries(described.paths).flatMap(([path, all]) =>
    Object.entries(all).map(([method, one]) => ({ path, method, ...one })),
  );

test('the OpenAPI document needs no key and has the same security headers as every answer', async () => {
  const { headers } = await serving.api('GET', '/openapi.json');
  expect(headers.get('content-type')).toMatch(/^application\/json/);
  expect(headers.get('access-control-allow-origin')).toBeNull();
});

test('every reference in the OpenAPI document resolves', () => {
  const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, to = '']) => to);
  expect(references.length).toBeGreaterThan(50);
  for (const to of new Set(references)) {
    const [root, ...steps] = to.split('/');
    expect(root).toBe('#');
    const found = steps.reduce<unknown>((at, step) => z.looseObject({}).parse(at)[step], described);
    expect(found, to).toBeTypeOf('object');
  }
});

test('the OpenAPI document has all routes of the contract with their scopes, and its own route', () => {
  const contract = Object.values(ROUTES)
    .flatMap((verbs) => Object.values(verbs))
    .map(({ method, path, scopes }) => [method.toLowerCase(), path, [...scopes]]);
  const mine = operations()
    .filter(({ path }) => path !== '/openapi.json')
    .map(({ path, method, 'x-scopes': scopes = [] }) => {
      return [method, path.replace(/\{(\w+)\}/g, ':$1'), scopes];
    });
  expect(mine.toSorted()).toEqual(contract.toSorted());
  expect(described.paths['/openapi.json']?.get?.security).toEqual([]);
});

test('only the OpenAPI document and the login routes are marked as needing no key', () => {
  const open = operations().filter(({ security }) => security !== undefined);
  expect(open.every(({ security }) => security?.length === 0)).toBe(true);
  expect(open.map(({ path }) => path).toSorted()).toEqual([
    '/login',
    '/login/take',
    '/openapi.json',
  ]);
});

test('every path parameter is described', () => {
  for (const { path, parameters = [] } of operations()) {
    const named = parameters.flatMap((one) => ('name' in one && one.in === 'path' ? one.name : []));
    expect([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(named);
  }
});

test('exactly the routes that make a change with a key accept an Idempotency-Key', () => {
  const key = { $ref: '#/components/parameters/IdempotencyKey' };
  for (const { path, method, parameters = [] } of operations())
    expect(
      parameters.some((one) => '$ref' in one && one.$ref === key.$ref),
      `${method} ${path}`,
    ).toBe(method !== 'get' && !path.startsWith('/login'));
});

test('the problem codes are a closed list that contains every refusal', () => {
  const { Problem } = described.components.schemas;
  const codes = z.object({
    properties: z.object({ code: z.object({ enum: z.array(z.string()) }) }),
  });
  const { enum: listed } = codes.parse(Problem).properties.code;
  expect(listed).toEqual(PROBLEM_CODES);
  expect(Object.keys(STATUS).filter((code) => !listed.includes(code))).toEqual([]);
});

test('the operations of the API are those in the snapshot', async () => {
  const names = operations().map(
    ({ operationId, method, path }) => `${operationId}: ${method.toUpperCase()} ${path}`,
  );
  await expect(`${names.toSorted().join('\n')}\n`).toMatchFileSnapshot('operations.snapshot.txt');
});
