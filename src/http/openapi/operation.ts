/** One route of the contract as an operation of OpenAPI 3.1. */

import type { Route } from '../../contract/route.js';
import { classesFor } from '../require-scope.js';
import type { JsonObject, Schemas } from './schemas.js';

export interface Named {
  readonly noun: string;
  readonly verb: string;
  readonly route: Route;
}

export function operationOf({ noun, verb, route }: Named, schemas: Schemas): JsonObject {
  return {
    operationId: `${noun}_${verb}`,
    tags: [noun],
    summary: route.summary,
    ...(route.scopes.length > 0 && { 'x-scopes': route.scopes }),
    ...(route.public ? { security: [] } : { 'x-key-classes': classesFor(route) }),
    parameters: parametersOf(route, schemas),
    ...requestOf(route, schemas),
    responses: {
      200: { description: 'Done.', content: json(schemas.read(route.answer)) },
      429: { $ref: '#/components/responses/RateLimited' },
      default: { $ref: '#/components/responses/Problem' },
    },
  };
}

const json = (schema: JsonObject) => ({ 'application/json': { schema } });

function parametersOf(
  { method, params, query, public: open }: Route,
  schemas: Schemas,
): readonly JsonObject[] {
  const key = method === 'GET' || open ? [] : [{ $ref: '#/components/parameters/IdempotencyKey' }];
  return [
    ...fieldsOf(schemas.read(params)).map((field) => ({ ...field, in: 'path', required: true })),
    ...fieldsOf(schemas.read(query)).map((field) => ({ ...field, in: 'query' })),
    ...key,
  ];
}

/** A route whose body has no fields gets no requestBody. */
function requestOf({ body }: Route, schemas: Schemas): JsonObject {
  const schema = schemas.read(body);
  const isEmpty = !('$ref' in schema) && fieldsOf(schema).length === 0;
  return isEmpty ? {} : { requestBody: { required: true, content: json(schema) } };
}

function fieldsOf({ properties, required }: JsonObject): readonly JsonObject[] {
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  return Object.entries(properties ?? {}).map(([name, schema]) => ({
    name,
    required: needed.includes(name),
    schema,
  }));
}
