/** The schema that clients and models see. It is looser than what the tool accepts: the tool itself does the validation. */

import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { INT_MAX } from '../contract/fields.js';

/**
 * Accepts every value. The SDK's own message for a failed check could repeat the input, and the SDK would
 * convert the schema to JSON Schema for every request.
 */
export function publishedSchema(schema: z.ZodObject): StandardSchemaWithJSON {
  const input = jsonSchemaOf(schema, 'input');
  const output = jsonSchemaOf(schema, 'output');
  return {
    '~standard': {
      version: 1,
      vendor: 'vsecure',
      validate: (value) => ({ value }),
      jsonSchema: { input: () => input, output: () => output },
    },
  };
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

const jsonSchemaOf = (schema: z.ZodObject, io: 'input' | 'output') =>
  portable(z.toJSONSchema(schema, { io }));

/**
 * Keeps only the keywords that every model API accepts, because clients forward the schema unchanged, and an API that refuses one keyword refuses
 * all tools. `test/mcp/portable-schemas.test.ts` has the table of what each API refuses. Allows additional properties, so that a client with a
 * cached list of tools accepts the answers of a newer server.
 */
function portable(schema: JsonSchema): JsonSchema {
  const { description, enum: values, properties, items, required, minimum, maximum } = schema;
  return {
    type: typeOf(schema),
    ...(description !== undefined && { description }),
    ...(values && { enum: values }),
    ...(properties && { properties: portableProperties(properties) }),
    ...(isSchema(items) && { items: portable(items) }),
    ...(required && { required }),
    ...(isBound(minimum) && { minimum }),
    ...(isBound(maximum) && { maximum }),
  };
}

function portableProperties(properties: NonNullable<JsonSchema['properties']>) {
  const named = Object.entries(properties).map(([name, schema]) => {
    if (!isSchema(schema)) throw new TypeError(`the property ${name} has no type`);
    return [name, portable(schema)];
  });
  return Object.fromEntries(named);
}

/** Alternatives are published as their common type. */
function typeOf({ type, anyOf = [] }: JsonSchema): NonNullable<JsonSchema['type']> {
  const [common, ...others] = new Set(anyOf.map((one) => one.type));
  const single = type ?? (others.length === 0 ? common : undefined);
  if (single === undefined) throw new TypeError('a published schema needs one type');
  return single;
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether it says more than the type does: the largest integer of a column or of JavaScript does not. */
const isBound = (value: number | undefined): value is number =>
  value !== undefined && Math.abs(value) < INT_MAX;

/** Describes the first problem with a tool's arguments without repeating them. */
export function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  if (!issue) return 'The arguments are invalid.';
  if (issue.code === 'unrecognized_keys') return 'This tool does not take one of these arguments.';
  const field = issue.path.map(String).join('.');
  const wrong = hasFormat(issue, 'template_literal') ? 'not an id of this server' : issue.message;
  return field ? `${field}: ${wrong}` : wrong;
}

const hasFormat = (issue: z.core.$ZodIssue, format: string) =>
  issue.code === 'invalid_format' && issue.format === format;
