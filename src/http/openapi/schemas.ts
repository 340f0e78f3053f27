/** Converts the contract's zod schemas to JSON Schema (draft 2020-12), which OpenAPI 3.1 uses. */

import { z } from 'zod';
import { described } from '../../contract/schema-names.js';

export type JsonObject = { readonly [name: string]: unknown };

export interface Schemas {
  /** The JSON Schema of what is sent. Named schemas become references. */
  read(schema: z.ZodType): JsonObject;
  /** The named schemas that `read` has seen, for `components.schemas`. */
  readonly named: Readonly<Record<string, unknown>>;
}

export function createSchemas(): Schemas {
  const named: Record<string, unknown> = {};
  return {
    named,
    read(schema) {
      // `input`: what is sent is the input of the schema on the receiving side, our handlers or our clients.
      const {
        $schema: _,
        $defs = {},
        ...json
      } = withDocumentReferences(
        z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', metadata: described }),
      );
      Object.assign(named, $defs);
      return json;
    },
  };
}

/** Rewrites references within one schema to the document's `components.schemas`. */
function withDocumentReferences(schema: JsonObject): JsonObject {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  const moved: JsonObject = JSON.parse(text);
  return moved;
}
