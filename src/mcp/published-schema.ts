/** A schema for the SDK to publish. Clients see it; the tool itself does the validation. */

import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';

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

/**
 * Removes `$schema`, because older clients refuse a schema that names a draft newer than 07. Removes the pattern of a date or timestamp,
 * which is a page long and adds nothing to its format. Allows additional properties in results, so that a client with a cached list of
 * tools accepts the answers of a newer server.
 */
function jsonSchemaOf(schema: z.ZodObject, io: 'input' | 'output') {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      if (jsonSchema.format?.startsWith('date')) delete jsonSchema.pattern;
      if (io === 'output' && jsonSchema.additionalProperties === false)
        delete jsonSchema.additionalProperties;
    },
  });
  return rest;
}

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
