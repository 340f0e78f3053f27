/** The contract's schemas as JSON Schema (draft 2020-12), which is what OpenAPI 3.1 is made of. */

import { z } from 'zod';
import { described } from '../../contract/schema-names.js';

export type JsonObject = { readonly [name: string]: unknown };

export interface Schemas {
  /** As it is sent, whichever way. Named schemas become references. */
  read(schema: z.ZodType): JsonObject;
  /** The named ones that have been met, for `components.schemas`. */
  readonly named: Readonly<Record<string, unknown>>;
}

export function createSchemas(): Schemas {
  const named: Record<string, unknown> = {};
  return {
    named,
    read(schema) {
      // What is sent is the input of whoever reads it: of our handlers, and of the clients of our answers.
      const {
        $schema: _,
        $defs = {},
        ...json
      } = referring(
        z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input', metadata: described }),
      );
      Object.assign(named, $defs);
      return json;
    },
  };
}

/** References within one schema, turned to where the document keeps what is named. */
function referring(schema: JsonObject): JsonObject {
  const text = JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/');
  const moved: JsonObject = JSON.parse(text);
  return moved;
}
