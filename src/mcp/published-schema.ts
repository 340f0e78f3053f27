/** A schema as the SDK gets it: it tells clients the form of a tool, and leaves the checking to the tool. */

import type { StandardSchemaWithJSON } from '@modelcontextprotocol/server';
import { z } from 'zod';

/**
 * Passes every value on. The SDK would answer a failed check in words of its own, which can repeat what was sent, and would
 * derive the JSON Schema anew in every request.
 */
export function described(schema: z.ZodObject): StandardSchemaWithJSON {
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
 * Without `$schema`, because older clients know no newer draft than 07 and refuse what names one; without the pattern of a
 * date or timestamp, which says nothing more than its format and is a page long; and with results open to fields that come later, so
 * that a client which keeps the list of tools does not refuse the answers of a newer server.
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

/** The first thing wrong with a tool's arguments, in words that repeat nothing of them. */
export function problemOf(error: z.ZodError): string {
  const [issue] = error.issues;
  if (!issue) return 'The arguments are not valid.';
  if (issue.code === 'unrecognized_keys')
    return 'There is an argument that this tool does not know.';
  const where = issue.path.map(String).join('.');
  const wrong = isForm(issue, 'template_literal')
    ? 'not an id that this server gave'
    : issue.message;
  return where ? `${where}: ${wrong}` : wrong;
}

const isForm = (issue: z.core.$ZodIssue, format: string) =>
  issue.code === 'invalid_format' && issue.format === format;
