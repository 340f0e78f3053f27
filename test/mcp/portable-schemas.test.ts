/**
 * Clients forward `tools/list` unchanged to the API of their model, and an API that refuses one keyword refuses the whole request. This table
 * has what each API refuses, with a public report of it, and the test applies every row to the schema of every tool.
 */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startEndpoint, type TestEndpoint } from './endpoint.js';
import { agentCaller, stubUseCases } from './tool-calls.js';

type Schema = Readonly<Record<string, unknown>>;

interface Row {
  readonly api: string;
  readonly refuses: string;
  readonly in: (schema: Schema, depth: number) => boolean;
  /** A schema that the row must find. */
  readonly example: Schema;
}

const has =
  (...names: string[]) =>
  (schema: Schema) =>
    names.some((name) => name in schema);
const pattern = (refused: RegExp) => (schema: Schema) =>
  refused.test(String(schema['pattern'] ?? ''));
const isObject = (schema: Schema) => schema['type'] === 'object' || 'properties' in schema;

const REFUSED: readonly Row[] = [
  {
    // https://github.com/vercel/ai/pull/21037, https://github.com/decolua/9router/issues/1556: 400 "regex lookaround is not supported"
    api: 'OpenAI',
    refuses: 'a pattern with look-around',
    in: pattern(/\(\?(=|!|<=|<!)/),
    example: { type: 'string', pattern: '^(?=.*[1-9])' },
  },
  {
    // https://github.com/Alishahryar1/free-claude-code/issues/1730: 400 "is not a 'regex'"
    api: 'OpenAI',
    refuses: 'a pattern with a Unicode property',
    in: pattern(/\\p\{/),
    example: { type: 'string', pattern: '^\\p{L}+$' },
  },
  {
    // https://github.com/streamnative/streamnative-mcp-server/issues/26: 400 "array schema missing items"
    api: 'OpenAI',
    refuses: 'an array without items',
    in: (schema) => schema['type'] === 'array' && !('items' in schema),
    example: { type: 'array' },
  },
  {
    // https://github.com/anthropics/claude-code/issues/27337: 400 "does not support oneOf, allOf, or anyOf at the top level"
    api: 'Anthropic',
    refuses: 'alternatives at the top',
    in: (schema, depth) => depth === 0 && has('oneOf', 'allOf', 'anyOf')(schema),
    example: { type: 'object', properties: { a: { type: 'string' } }, anyOf: [] },
  },
  {
    // https://github.com/diegosouzapw/OmniRoute/issues/13552 quotes Anthropic's documentation
    api: 'Anthropic',
    refuses: 'references and long or unusual names of properties',
    in: (schema) =>
      has('$ref')(schema) ||
      Object.keys(schema['properties'] ?? {}).some((name) => !/^[\w.-]{1,64}$/.test(name)),
    example: { type: 'object', properties: { 'a b': { type: 'string' } } },
  },
  {
    // https://github.com/crmne/ruby_llm/issues/61: 400 "parameters.properties: should be non-empty for OBJECT type"
    api: 'Gemini',
    refuses: 'an object without properties',
    in: (schema) => isObject(schema) && Object.keys(schema['properties'] ?? {}).length === 0,
    example: { type: 'object', properties: {} },
  },
  {
    // https://github.com/diegosouzapw/OmniRoute/pull/3360: 400 "parameters schema should be of type OBJECT"; https://github.com/google-gemini/gemini-cli/issues/6718: skips a tool with "missing types"
    api: 'Gemini',
    refuses: 'a schema without one type',
    in: (schema) => typeof schema['type'] !== 'string',
    example: { properties: { a: { type: 'string' } } },
  },
  {
    // https://github.com/google-gemini/gemini-cli/issues/3178: 400 "only 'enum' and 'date-time' are supported for STRING type"
    api: 'Gemini',
    refuses: 'a format',
    in: has('format'),
    example: { type: 'string', format: 'uri' },
  },
  {
    // https://github.com/karthink/gptel/issues/806, https://github.com/zed-industries/zed/issues/45552: 400 "Unknown name … Cannot find field"
    api: 'Gemini',
    refuses: 'a keyword that it does not know',
    in: has(
      'additionalProperties',
      'const',
      '$schema',
      '$defs',
      'propertyNames',
      'exclusiveMinimum',
    ),
    example: { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: false },
  },
  {
    // https://github.com/router-for-me/CLIProxyAPI/pull/1076: 400 INVALID_ARGUMENT
    api: 'Gemini',
    refuses: 'an enum of anything but strings',
    in: ({ enum: values }) =>
      Array.isArray(values) && !values.every((value) => typeof value === 'string'),
    example: { type: 'integer', enum: [0, 1] },
  },
  {
    // https://github.com/BerriAI/litellm/issues/11164: 400 "When using any_of, it must be the only field set"
    api: 'Vertex',
    refuses: 'alternatives beside a description or type',
    in: (schema) => has('anyOf')(schema) && Object.keys(schema).length > 1,
    example: { anyOf: [{ type: 'string' }], description: 'a time' },
  },
  {
    // https://github.com/ggml-org/llama.cpp/issues/27580: 400 "failed to parse grammar"
    api: 'llama.cpp',
    refuses: 'a pattern with \\d, \\w or \\s',
    in: pattern(/\\[dws]/i),
    example: { type: 'string', pattern: '^\\d{1,15}$' },
  },
  {
    // https://github.com/ggml-org/llama.cpp/issues/25746: a nested pattern fails even when it is anchored; https://github.com/ggml-org/llama.cpp/issues/26930: one that is not anchored always does
    api: 'llama.cpp',
    refuses: 'a pattern with (?:, one that is not anchored, and a nested one',
    in: (schema, depth) =>
      'pattern' in schema && (depth > 1 || !pattern(/^\^(?!.*\(\?).*\$$/)(schema)),
    example: { type: 'string', pattern: '^(?:a|b)$' },
  },
  {
    // https://github.com/ggml-org/llama.cpp/issues/27087, https://github.com/ggml-org/llama.cpp/issues/25746: 400 "failed to parse grammar"
    api: 'llama.cpp',
    refuses: 'a length of 2000 or more',
    in: ({ maxLength, maxItems }) => Number(maxLength) >= 2000 || Number(maxItems) >= 2000,
    example: { type: 'string', maxLength: 2000 },
  },
];

/** A schema and all schemas in it, with how deep each is. */
function* schemasIn(schema: Schema, depth = 0): Generator<readonly [Schema, number]> {
  yield [schema, depth];
  const { properties = {}, items, anyOf = [] } = schema;
  for (const inner of [...Object.values(properties as object), items, ...(anyOf as unknown[])])
    if (inner) yield* schemasIn(inner as Schema, depth + 1);
}

const refusedIn = (schema: Schema) =>
  REFUSED.filter((row) => [...schemasIn(schema)].some(([inner, depth]) => row.in(inner, depth)));

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startEndpoint({ useCases: stubUseCases(), keys: { a: agentCaller('a') } });
});
afterAll(() => endpoint.close());

test('every model API takes the arguments of every tool', async () => {
  const { tools } = await (await endpoint.client('a')).listTools();
  expect(tools.length).toBeGreaterThan(10);
  const problems = tools.flatMap(({ name, inputSchema }) =>
    refusedIn(inputSchema).map(({ api, refuses }) => `${name}: ${api} refuses ${refuses}`),
  );
  expect(problems).toEqual([]);
});

test('every schema in a result has one type and no keyword that a strict client does not know', async () => {
  const { tools } = await (await endpoint.client('a')).listTools();
  const known = ['type', 'description', 'enum', 'properties', 'items', 'required'];
  for (const { name, outputSchema = { type: 'none' } } of tools)
    for (const [schema] of schemasIn(outputSchema)) {
      expect(schema['type'], name).toBeTypeOf('string');
      expect(known).toEqual(expect.arrayContaining(Object.keys(schema).filter(isNoBound)));
    }
});

const isNoBound = (keyword: string) => keyword !== 'minimum' && keyword !== 'maximum';

test.each(REFUSED)('the table finds $refuses ($api)', (row) => {
  expect(refusedIn(row.example)).toContain(row);
});

test('the table finds what zod alone would publish', () => {
  const schema = z.strictObject({
    duration: z.string().regex(/^(?=.*[1-9])(?:\d{1,3}d)?$/),
    reason: z.string().max(2000),
    since: z.union([z.iso.date(), z.iso.datetime()]).describe('a time'),
  });
  const apis = refusedIn(z.toJSONSchema(schema)).map(({ api }) => api);
  expect(new Set(apis)).toEqual(new Set(['OpenAI', 'Gemini', 'Vertex', 'llama.cpp']));
});
