/** Random requests generated from the contract: valid ones never cause an internal error, invalid ones are refused by field. */

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { problem } from '../../src/contract/problem.js';
import type { Route } from '../../src/contract/route.js';
import { ROUTES } from '../../src/contract/routes.js';
import { type Serving, startServing } from '../http/serving.js';
import { arbitraryOf } from './arbitrary.js';

const CANARY = 'canary-1Zr6-incorrect-horse';
const RUNS = { numRuns: 25 };

let serving: Serving;
let tokens: readonly string[];

/** Values that exist on the server. */
const words = [
  'vsecure://secrets/production/DATABASE_URL',
  'vsecure://secrets/random/ONE',
  'vsecure://secrets/random/TWO',
  'alice@example.com',
  'U012ABCDE',
  'claude-desktop',
  'Debugging the failing database connection',
  '09:00-17:00 PST',
  'https://hooks.slack.com/services/T1/B1/x',
];

beforeAll(async () => {
  // A stopping server answers waits immediately.
  serving = await startServing(undefined, { stopping: AbortSignal.abort() });
  const { services } = serving;
  await services.policy({ permissions: ['list', 'read', 'write', 'delete'] });
  const open = { requiresApproval: false, permissions: ['read', 'write', 'delete'] } as const;
  await services.policy(open, 'vsecure://secrets/random/*');
  await services.secret();
  await services.secret('x', 'vsecure://secrets/random/ONE');
  const { token, caller } = await services.agent('asking-at-random');
  tokens = [services.adminToken, token];
  const pending = await services.ask(caller);
  const granted = await services.ask(caller, { resources: ['vsecure://secrets/random/ONE'] });
  const grant = await services.store.grants.ofApproval(granted.id);
  const other = (await services.agent('another')).caller.key.id;
  words.push(pending.id, granted.id, grant?.id ?? '', other, pending.digest);
});
afterAll(() => serving.close());

const EVERY = Object.entries(ROUTES).flatMap(([noun, verbs]) =>
  Object.entries(verbs).map(([verb, route]) => ({ name: `${noun}.${verb}`, route })),
);

type Fields = Readonly<Record<string, unknown>>;
const fields = z.record(z.string(), z.unknown());

async function ask(route: Route, token: string, params: Fields, query: Fields, body: Fields) {
  const path = route.path.replace(/:(\w+)/g, (_, name) => encodeURIComponent(String(params[name])));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) search.set(name, String(value));
  const address = search.size === 0 ? path : `${path}?${search}`;
  const sends = route.method === 'GET' ? {} : { body };
  return serving.api(route.method, address, { token, ...sends });
}

const inputs = ({ params, query, body }: Route) => {
  const part = (type: z.ZodType) => arbitraryOf(type, words).map((value) => fields.parse(value));
  return fc.record({ params: part(params), query: part(query), body: part(body) });
};

describe('a valid request succeeds or is refused, and never causes an internal error', () => {
  test.each(EVERY)('$name', async ({ route }) => {
    await fc.assert(
      fc.asyncProperty(inputs(route), fc.nat(1), async ({ params, query, body }, who) => {
        const answer = await ask(route, tokens[who] ?? '', params, query, body);
        expect(answer.status, answer.text).toBeLessThan(500);
        expect(answer.status).not.toBe(401);
        if (answer.status === 200)
          expect(route.answer.safeParse(answer.json).error).toBeUndefined();
        else expect(problem.parse(answer.json).status).toBe(answer.status);
        expect(serving.logged).toEqual([]);
      }),
      RUNS,
    );
  });
});

/** Values that almost no field accepts. The test skips those that a field does accept. */
const junk = fc.oneof(
  fc.constant({ x: CANARY }),
  fc.constant([[CANARY]]),
  fc.constant([{ x: CANARY }]),
  fc.constant(null),
  fc.constant(12.5),
  fc.string({ unit: 'binary' }).map((text) => `${CANARY}\u0000${text}`),
  fc.constant(CANARY.repeat(50)),
);

/** The fields of one part of a request, by name. */
const namesOf = (part: z.ZodType): readonly string[] => {
  const { properties = {} } = z.toJSONSchema(part, { io: 'input' });
  return Object.keys(properties);
};

const WITH_FIELDS = EVERY.flatMap(({ name, route }) =>
  (['query', 'body'] as const)
    .filter((part) => namesOf(route[part]).length > 0)
    .map((part) => ({ name, part, route })),
);

describe('an invalid request is refused with the name of the field and without its value', () => {
  test.each(WITH_FIELDS)('$name: $part', async ({ route, part }) => {
    const names = fc.constantFrom(...namesOf(route[part]));
    await fc.assert(
      fc.asyncProperty(inputs(route), names, junk, async (valid, field, wrong) => {
        // Query values are always text.
        const value = part === 'query' && typeof wrong !== 'string' ? CANARY : wrong;
        const invalid = { ...valid, [part]: { ...valid[part], [field]: value } };
        fc.pre(!route[part].safeParse(invalid[part]).success);
        const answer = await ask(
          route,
          tokens[0] ?? '',
          invalid.params,
          invalid.query,
          invalid.body,
        );
        expect([400, 422], answer.text).toContain(answer.status);
        expect(problem.parse(answer.json)).toMatchObject({
          code: 'invalid_input',
          detail: expect.stringContaining(field),
        });
        expect(answer.text).not.toContain(CANARY);
        expect(serving.logged).toEqual([]);
      }),
      RUNS,
    );
  });

  test.each(WITH_FIELDS)('$name: an unknown field in the $part', async ({ route, part }) => {
    await fc.assert(
      fc.asyncProperty(inputs(route), fc.string(), async (valid, text) => {
        const unknown = `${CANARY} ${text}`;
        const invalid = {
          ...valid,
          [part]: { ...valid[part], surplus: CANARY, [unknown]: CANARY },
        };
        const answer = await ask(
          route,
          tokens[0] ?? '',
          invalid.params,
          invalid.query,
          invalid.body,
        );
        expect(answer.status).toBe(400);
        expect(problem.parse(answer.json).detail).toContain('unknown field surplus');
        expect(answer.text).not.toContain(CANARY);
      }),
      { numRuns: 5 },
    );
  });
});
