/** Generates random valid values of a schema from its published JSON Schema. */

import fc from 'fast-check';
import { z } from 'zod';
import { described } from '../../src/contract/schema-names.js';

type Json = Readonly<Record<string, unknown>>;

const DURATIONS = ['30m', '1h', '1h30m', '7d', '1s', '999d'];

const schema = z.looseObject({
  $ref: z.string().optional(),
  type: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  examples: z.array(z.string()).optional(),
  anyOf: z.array(z.looseObject({})).optional(),
  pattern: z.string().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minItems: z.number().optional(),
  maxItems: z.number().optional(),
  items: z.looseObject({}).optional(),
  properties: z.record(z.string(), z.looseObject({})).optional(),
  required: z.array(z.string()).optional(),
});
type Schema = z.output<typeof schema>;

/** Generates only values that the schema accepts. `words` are known to the server: existing ids, names, resources. */
export function arbitraryOf<T extends z.ZodType>(
  type: T,
  words: readonly string[],
): fc.Arbitrary<z.input<T>> {
  const json: Json = z.toJSONSchema(type, { io: 'input', metadata: described });
  const defs = z.record(z.string(), z.looseObject({})).parse(json['$defs'] ?? {});
  const inner = (one: Json): fc.Arbitrary<unknown> => {
    const read = schema.parse(one);
    const { $ref } = read;
    if ($ref !== undefined) return inner(defs[$ref.split('/').at(-1) ?? ''] ?? {});
    return read.type === 'string' && !read.enum ? textOf(read, words) : valuesOf(read, inner);
  };
  return inner(json).filter((value): value is z.input<T> => type.safeParse(value).success);
}

type Inner = (json: Json) => fc.Arbitrary<unknown>;

function valuesOf(read: Schema, inner: Inner): fc.Arbitrary<unknown> {
  if (read.const !== undefined) return fc.constant(read.const);
  if (read.enum) return fc.constantFrom(...read.enum);
  if (read.anyOf) return fc.oneof(...read.anyOf.map(inner));
  switch (read.type) {
    case 'integer':
      return fc.integer({
        min: read.minimum ?? -1000,
        max: Math.min(read.maximum ?? 1000, 2 ** 31 - 1),
      });
    case 'boolean':
      return fc.boolean();
    case 'array':
      return fc.array(inner(read.items ?? {}), {
        minLength: read.minItems ?? 0,
        maxLength: Math.min(read.maxItems ?? 4, 4),
      });
    case 'object':
      return objectOf(read, inner);
    default:
      return fc.jsonValue();
  }
}

function objectOf({ properties = {}, required = [] }: Schema, inner: Inner) {
  const fields = Object.entries(properties).map(([name, json]) => [name, inner(json)] as const);
  return fc.record(Object.fromEntries(fields), {
    requiredKeys: [...required],
    noNullPrototype: true,
  });
}

/** Generates text that matches the pattern. Free text is mostly one of `words`; if the example is a resource, a resource. */
function textOf(
  { pattern, minLength = 0, maxLength = 200, examples = [] }: Schema,
  words: readonly string[],
): fc.Arbitrary<string> {
  const free = fc.string({ unit: 'binary', minLength, maxLength: Math.min(maxLength, 200) });
  const isResource = (text: string) => text.startsWith('vsecure://');
  const wantsResource = examples.some(isResource);
  const form =
    pattern === undefined ? /^/ : new RegExp(pattern, pattern.includes('\\p{') ? 'u' : '');
  const known = words.filter((word) => form.test(word) && (!wantsResource || isResource(word)));
  const made = pattern === undefined || form.unicode ? free : matching(pattern, maxLength);
  if (known.length === 0) return made;
  return fc.oneof(
    { arbitrary: fc.constantFrom(...known), weight: 9 },
    { arbitrary: made, weight: 1 },
  );
}

/** Only the duration pattern uses a lookahead, which fast-check cannot generate. */
const matching = (pattern: string, maxLength: number) =>
  pattern.includes('(?=')
    ? fc.constantFrom(...DURATIONS)
    : fc.stringMatching(new RegExp(pattern), { maxLength });
