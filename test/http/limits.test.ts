/** Rate limits, methods and origins: what HTTP refuses before a use case runs. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { problem } from '../../src/contract/problem.js';
import { createAdmission } from '../../src/http/admission.js';
import { buildServices, type Services } from '../support/services.js';
import { type Said, type Serving, startServing } from './serving.js';

const PER_MINUTE = 5;

let services: Services;
let serving: Serving;
beforeAll(async () => {
  services = await buildServices();
  serving = await startServing(services, {
    admission: createAdmission(services.useCases, PER_MINUTE),
  });
});
afterAll(async () => {
  await serving.close();
  await services.close();
});

const codeOf = ({ json }: Said) => problem.parse(json).code;
const whoami = (token: string) => serving.api('GET', '/whoami', { token });

describe('requests', () => {
  test('requests are counted for all keys of a principal together, and headers say how many are left', async () => {
    const { token, caller } = await services.agent('busy');
    const wish = { name: caller.principal.name, class: 'agent', owner: 'bob@example.com' } as const;
    const second = await services.useCases.manageKeys.create(services.admin, {
      ...wish,
      additional: true,
    });
    const tokens = [token, second.ok ? second.value.token : ''];
    for (let made = 0; made < PER_MINUTE; made += 1) {
      const said = await whoami(tokens[made % 2] ?? '');
      expect(said.status).toBe(200);
      expect(said.headers.get('ratelimit')).toContain(`r=${PER_MINUTE - 1 - made}`);
    }
    for (const one of tokens) {
      const said = await whoami(one);
      expect([said.status, codeOf(said)]).toEqual([429, 'rate_limited']);
      const seconds = Number(said.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
      expect(said.headers.get('ratelimit-policy')).toContain(`q=${PER_MINUTE}`);
    }
  });

  test('requests of one key do not count for another key, nor for the OpenAPI document', async () => {
    const { token } = await services.agent('quiet');
    expect((await whoami(token)).status).toBe(200);
    for (let made = 0; made < 2 * PER_MINUTE; made += 1)
      expect((await serving.api('GET', '/openapi.json')).status).toBe(200);
  });

  test('too many wrong keys from an address get 429, while a valid key from the same address still works', async () => {
    const statuses: number[] = [];
    for (let made = 0; made < 40; made += 1) statuses.push((await whoami('vsk_a_wrong')).status);
    expect(statuses.slice(0, 30)).toEqual(Array(30).fill(401));
    expect(statuses.slice(30)).toEqual(Array(10).fill(429));
    const said = await whoami('vsk_a_wrong');
    expect(codeOf(said)).toBe('rate_limited');
    expect(Number(said.headers.get('retry-after'))).toBeGreaterThan(0);
    const { token } = await services.agent('neighbour');
    expect((await whoami(token)).status).toBe(200);
  });
});

describe('methods', () => {
  let token: string;
  let open: Serving;
  beforeAll(async () => {
    token = services.adminToken;
    open = await startServing(services);
  });
  afterAll(() => open.close());

  test.each([
    ['DELETE', '/secrets', 'GET, PUT'],
    ['POST', '/resources', 'GET, PATCH, PUT'],
    ['GET', '/approvals/appr_0000000000000000000000/cancel', 'POST'],
    ['OPTIONS', '/approvals', 'POST, GET'],
    ['POST', '/openapi.json', 'GET'],
  ])('%s %s is answered with 405 and the allowed methods', async (method, path, allow) => {
    const said = await open.api(method, path, { token });
    expect([said.status, codeOf(said)]).toEqual([405, 'method_not_allowed']);
    expect(said.headers.get('allow')).toBe(allow);
  });

  test('HEAD is refused: it would use up a grant without showing the value', async () => {
    const head = await open.api('HEAD', '/secrets/value?path=vsecure://secrets/a', { token });
    expect(head.status).toBe(405);
    const events = await services.useCases.queryAudit(
      services.admin,
      { type: 'read_refused' },
      { limit: 10 },
    );
    expect(events.ok && events.value.items).toEqual([]);
  });

  test('a web page of another origin gets no CORS headers, neither for a preflight nor for a request', async () => {
    const origin = { origin: 'https://evil.example.com', 'access-control-request-method': 'POST' };
    const answers = [
      await open.api('OPTIONS', '/approvals', { headers: origin }),
      await open.api('OPTIONS', '/approvals', { headers: origin, token }),
      await open.api('GET', '/whoami', { headers: origin, token }),
      await open.api('GET', '/openapi.json', { headers: origin }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 405, 200, 200]);
    for (const { headers } of answers)
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});
