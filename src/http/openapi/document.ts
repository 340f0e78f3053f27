/** The OpenAPI 3.1 document, generated from the schemas that the handlers validate with. */

import { PROBLEM_CODES, PROBLEM_TYPE, problem } from '../../contract/problem.js';
import { API_BASE } from '../../contract/route.js';
import { ROUTES } from '../../contract/routes.js';
import { IDEMPOTENCY_KEY_MAX } from '../../domain/limits.js';
import { type Named, operationOf } from './operation.js';
import { createSchemas, type JsonObject, type Schemas } from './schemas.js';

/** Served without a key. */
export const DOCUMENT_PATH = '/openapi.json';

export function describeApi(): JsonObject {
  const schemas = createSchemas();
  const paths = pathsOf(schemas);
  schemas.read(problem.array());
  return {
    openapi: '3.1.1',
    info: {
      title: 'vsecure',
      version: '1',
      summary: 'Approvals, grants, secrets, policies, keys and the audit trail.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: API_BASE }],
    security: [{ key: [] }],
    tags: Object.keys(ROUTES).map((name) => ({ name })),
    paths,
    components: { ...COMPONENTS, schemas: { ...schemas.named, Problem: withKnownCodes(schemas) } },
  };
}

function pathsOf(schemas: Schemas): JsonObject {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const named of namedRoutes()) {
    const { method, path } = named.route;
    const template = path.replace(/:(\w+)/g, '{$1}');
    paths[template] = { ...paths[template], [method.toLowerCase()]: operationOf(named, schemas) };
  }
  return { ...paths, [DOCUMENT_PATH]: { get: DOCUMENT_OPERATION } };
}

const namedRoutes = (): readonly Named[] =>
  Object.entries(ROUTES).flatMap(([noun, verbs]) =>
    Object.entries(verbs).map(([verb, route]) => ({ noun, verb, route })),
  );

/** The shared schema accepts any code, because a newer server may have more. The document lists those of this server. */
function withKnownCodes({ named }: Schemas): unknown {
  const { Problem } = named;
  const properties =
    typeof Problem === 'object' && Problem && 'properties' in Problem ? Problem.properties : {};
  return {
    ...Object(Problem),
    properties: { ...Object(properties), code: { type: 'string', enum: PROBLEM_CODES } },
  };
}

const DOCUMENT_OPERATION = {
  operationId: 'openapi_show',
  summary: 'This document.',
  security: [],
  responses: { 200: { description: 'Done.', content: { 'application/json': { schema: {} } } } },
};

const PROBLEM = { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } };

const COMPONENTS = {
  securitySchemes: { key: { type: 'http', scheme: 'bearer', bearerFormat: 'vsk_…' } },
  parameters: {
    IdempotencyKey: {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description:
        'Any text you choose, new for every change. The same request sent again under the same key within 7 days is not carried out again and gets the same answer. A different request under the same key gets idempotency_mismatch.',
      schema: { type: 'string', pattern: `^[\\x21-\\x7e]{1,${IDEMPOTENCY_KEY_MAX}}$` },
      example: '6f1c1f0e-6a5e-4a57-9f9b-0f1f3f2b7c11',
    },
  },
  responses: {
    Problem: { description: 'What went wrong (RFC 9457).', content: PROBLEM },
    RateLimited: {
      description: 'Too many requests, or the same request again too soon.',
      headers: { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } },
      content: PROBLEM,
    },
  },
};
