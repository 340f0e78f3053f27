/** What the API refuses, and that no refusal repeats what was sent. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PROBLEM_CODES, problem } from '../../src/contract/problem.js';
import { REST_BODY_MAX_BYTES } from '../../src/domain/limits.js';
import { STATUS } from '../../src/http/problem.js';
import { buildServices } from '../support/services.js';
import { type Said, type Serving, startServing } from './serving.js';

const CANARY = 'canary-7Qm2-hunter2';

let serving: Serving;
let token: string;

beforeAll(async () => {
  serving = await startServing();
  token = serving.services.adminToken;
});
afterAll(() => serving.close());

/** Checks the form of a problem document (RFC 9457) and returns its distinguishing fields. */
function refusal(said: Said) {
  expect(said.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const read = problem.parse(said.json);
  expect(read).toMatchObject({ status: said.status, type: `urn:vsecure:problem:${read.code}` });
  expect(read.instance).toMatch(/^urn:uuid:[0-9a-f-]{36}$/);
  expect(said.text).not.toContain(CANARY);
  return { status: said.status, code: read.code, detail: read.detail };
}

describe('without a good key', () => {
  const BAD = {
    none: {},
    'another scheme': { authorization: 'Basic dnNrOnZzaw==' },
    'an empty one': { authorization: 'Bearer ' },
    'two at once': { authorization: 'Bearer a, Bearer b' },
  };
  test.each(Object.entries(BAD))(
    '%s is answered with 401 and how to authenticate',
    async (_name, headers) => {
      const said = await serving.api('GET', '/whoami', { headers });
      expect(refusal(said)).toMatchObject({ status: 401, code: 'unauthorized' });
      expect(said.headers.get('www-authenticate')).toBe('Bearer realm="vsecure"');
    },
  );

  test('a malformed, an unknown and a revoked key get the same answer', async () => {
    const { token: good, caller } = await serving.services.agent('revoked-soon');
    await serving.api('POST', `/keys/${caller.key.id}/revoke`, { token });
    const flipped = token.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a'));
    for (const bad of [good, flipped, 'x', `vsk_h_${CANARY}`]) {
      const said = await serving.api('GET', '/whoami', { token: bad });
      expect(refusal(said)).toMatchObject({ status: 401, code: 'invalid_key' });
      expect(said.headers.get('www-authenticate')).toContain('error="invalid_token"');
    }
  });

  test('the body of a request without a valid key is not read', async () => {
    const said = await serving.api('PUT', '/secrets', { raw: `{"value": "${CANARY}` });
    expect(refusal(said)).toMatchObject({ status: 401, code: 'unauthorized' });
  });

  test('a key in the URL is refused, even next to a valid one in the header', async () => {
    for (const name of ['access_token', 'api_key', 'API_KEY']) {
      const said = await serving.api('GET', `/whoami?${name}=${CANARY}`, { token });
      expect(refusal(said)).toMatchObject({ status: 400, code: 'invalid_input' });
    }
  });
});

describe('bodies', () => {
  const put = (saying: object) => serving.api('PUT', '/secrets', { token, ...saying });
  const PATH = 'vsecure://secrets/production/X';

  test('broken JSON is refused without quoting it', async () => {
    const said = await put({ raw: `{"path": "${PATH}", "value": "${CANARY}" oops` });
    expect(refusal(said)).toMatchObject({ status: 400, code: 'invalid_input' });
  });

  test('a body of another content type is refused, not ignored', async () => {
    const raw = `path=${PATH}&value=${CANARY}`;
    const said = await put({
      raw,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(refusal(said)).toMatchObject({ status: 415, code: 'invalid_input' });
  });

  test('a compressed body is refused, because a small one can decompress to any size', async () => {
    const said = await put({ raw: CANARY, headers: { 'content-encoding': 'gzip' } });
    expect(refusal(said)).toMatchObject({ status: 415, code: 'invalid_input' });
  });

  test('a body over the limit is refused, and the answer states the limit', async () => {
    const said = await put({ body: { path: PATH, value: CANARY.repeat(20_000) } });
    expect(refusal(said)).toMatchObject({
      status: 413,
      code: 'invalid_input',
      detail: `The body is larger than ${REST_BODY_MAX_BYTES / 1024} KiB, or without a key larger than 4 KiB.`,
    });
  });

  test('a body of many small parts is refused, and one over 4 KiB where no key is needed', async () => {
    const parts = refusal(await put({ raw: `[${Array.from({ length: 80_000 }, () => '{}')}]` }));
    expect(parts).toMatchObject({ status: 400, code: 'invalid_input' });
    expect(parts.detail).toMatch(/more than 25000 names or 25000 values/);
    const device = 'x'.repeat(5000);
    const login = await serving.api('POST', '/login', { body: { device } });
    expect(refusal(login)).toMatchObject({ status: 413, code: 'invalid_input' });
  });

  test('a deeply nested body is refused', async () => {
    for (const depth of [9, 100_000]) {
      const said = await put({ raw: '['.repeat(depth) + ']'.repeat(depth) });
      expect(refusal(said)).toMatchObject({ status: 400, code: 'invalid_input' });
    }
  });

  test('an unknown field is named in the answer, but a hostile name is not repeated', async () => {
    const value = CANARY;
    const named = refusal(await put({ body: { path: PATH, value, vaule: CANARY } }));
    expect(named).toMatchObject({
      status: 400,
      detail: 'unknown field vaule; did you mean value?',
    });
    const hostile = refusal(await put({ body: { path: PATH, value, [`<b>${CANARY}`]: 1 } }));
    expect(hostile.detail).toBe('unknown field.');
  });

  test('a field of the wrong type is named in the answer, but its value is not repeated', async () => {
    const said = refusal(await put({ body: { path: PATH, value: { deep: CANARY } } }));
    expect(said).toMatchObject({ status: 400, code: 'invalid_input' });
    expect(said.detail).toMatch(/^value: /);
  });

  test('a secret value with lone surrogates, an empty one and one over 64 KiB are refused', async () => {
    for (const value of [`${CANARY}\ud800`, '', 'x'.repeat(64 * 1024 + 1)])
      expect(refusal(await put({ body: { path: PATH, value } })).status).toBe(400);
  });

  test.each([
    ['a name twice', `{"value":"${CANARY}","path":"a","path":"vsecure://secrets/a/B"}`],
    ['a name twice, once written with an escape', '{"path":"a","p\\u0061th":"b","value":"c"}'],
    ['a name twice within a list', '{"path":[{"a":1,"a":2}]}'],
    ['half a character', '{"path":"\\ud800"}'],
    ['a number out of range', '{"path":1e999}'],
  ])(
    'a body with %s is refused, because two readers could read it differently',
    async (_what, raw) => {
      const said = await serving.api('PUT', '/secrets', { token, raw });
      expect(refusal(said)).toMatchObject({ status: 400, code: 'invalid_input' });
      expect(said.text).toContain('more than one way');
    },
  );

  test('a denial cannot carry an approval beside it', async () => {
    const raw = '{"action":"deny","reason":"no","action":"approve"}';
    const path = '/approvals/appr_0000000000000000000000/decision';
    const { token: human } = await serving.services.human('alice@example.com');
    const said = await serving.api('POST', path, { token: human, raw });
    expect(refusal(said)).toMatchObject({ status: 400, code: 'invalid_input' });
  });

  test.each(['utf-16', 'latin1'])('a body in %s is refused', async (charset) => {
    const headers = { 'content-type': `application/json; charset=${charset}` };
    const said = await serving.api('PUT', '/secrets', { token, raw: '{}', headers });
    expect(refusal(said)).toMatchObject({ status: 415, code: 'invalid_input' });
  });

  test('__proto__ is refused as an ambiguous name', async () => {
    const said = await serving.api('POST', '/people', {
      token,
      raw: '{"email":"eve@example.com","__proto__":{"role":"admin"}}',
    });
    expect(refusal(said)).toMatchObject({ status: 400, code: 'invalid_input' });
    expect({}).not.toHaveProperty('role');
  });
});

describe('addresses', () => {
  test('an unknown path, an unknown method and a malformed path are answered with problem documents', async () => {
    const statuses = await Promise.all([
      serving.api('GET', '/nothing', { token }),
      serving.api('GET', '/Whoami', { token }),
      serving.say('GET', '/'),
    ]);
    for (const said of statuses)
      expect(refusal(said)).toMatchObject({ status: 404, code: 'not_found' });
    const malformed = await serving.api('GET', '/approvals/%E0%A4%A', { token });
    expect(refusal(malformed)).toMatchObject({ status: 400, code: 'invalid_input' });
  });

  test('an id in a wrong format never reaches the database', async () => {
    const odd = ['appr_1', `appr_${"'".repeat(22)}`, 'grnt_0000000000000000000000'];
    for (const id of odd) {
      const said = await serving.api('GET', `/approvals/${encodeURIComponent(id)}`, { token });
      expect(refusal(said)).toMatchObject({ status: 400, code: 'invalid_input' });
    }
  });

  test('an unknown, repeated or out-of-range query parameter is refused', async () => {
    const queries = ['nope=1', 'limit=1&limit=2', 'limit=0', 'limit=201', 'limit=x', 'status=odd'];
    for (const query of queries)
      expect(refusal(await serving.api('GET', `/approvals?${query}`, { token })).status).toBe(400);
    const audit = ['since=yesterday', 'since=0s', 'type=odd', 'actor=%00', 'resource=%00'];
    for (const query of audit)
      expect(refusal(await serving.api('GET', `/audit?${query}`, { token })).status).toBeLessThan(
        500,
      );
  });

  test('an invalid cursor is refused', async () => {
    const lists = ['/approvals', '/grants', '/secrets', '/audit'];
    const cursors = ['x', '%00', "'", '-1', '1e99', '9'.repeat(200), 'eyJ4IjoxfQ', '%F0%9F%92%A9'];
    for (const list of lists)
      for (const cursor of cursors) {
        const said = await serving.api('GET', `${list}?after=${cursor}`, { token });
        expect([200, 400], `${list} after ${cursor}`).toContain(said.status);
      }
    expect(serving.logged).toEqual([]);
  });

  test('only the configured Host names are accepted, except for the health probes', async () => {
    const good = ['127.0.0.1:3000', '127.0.0.1', 'vsecure.example.com', 'VSECURE.example.com:443'];
    for (const host of good) expect(await serving.statusForHost(host)).toBe(401);
    const bad = [
      'evil.com',
      '127.0.0.1.nip.io',
      'vsecure.example.com.evil.com',
      'localhost.',
      'a@127.0.0.1',
      '127.0.0.1:80:80',
    ];
    for (const host of bad) expect(await serving.statusForHost(host)).toBe(403);
    expect(await serving.statusForHost('10.0.0.7', '/healthz')).toBe(200);
  });

  test('answers have headers against caching, framing and sniffing, and none that names the server software', async () => {
    const { headers } = await serving.api('GET', '/whoami', { token });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

test('an internal error is answered with a reference to the log; neither contains the request’s body or the error’s message', async () => {
  const services = await buildServices();
  const broken = await startServing(services, {
    useCases: {
      ...services.useCases,
      writeSecret: async (_caller, { value }) => {
        throw new TypeError(`bad value ${Buffer.from(value)}`, { cause: new Error(CANARY) });
      },
    },
  });
  const said = await broken.api('PUT', '/secrets', {
    token: services.adminToken,
    body: { path: 'vsecure://secrets/production/X', value: CANARY },
  });
  expect(refusal(said)).toMatchObject({ status: 500, code: 'internal' });
  const [logged = ''] = broken.logged;
  expect(logged).toContain(problem.parse(said.json).instance);
  expect(logged).toContain('refusals.test.ts');
  expect(logged).not.toContain(CANARY);
  await broken.close();
  await services.close();
});

test('readiness depends on the database; a Slack outage is reported but leaves the server ready', async () => {
  expect((await serving.say('GET', '/readyz')).json).toEqual({
    status: 'ok',
    database: 'ok',
    slack: 'off',
  });
  const { services } = serving;
  const degraded = await startServing(services, {
    ready: async () => ({ ok: true, database: 'ok', slack: 'degraded' }),
  });
  expect((await degraded.say('GET', '/readyz')).status).toBe(200);
  await degraded.close();
  const down = await startServing(services, { ready: () => Promise.reject(new Error(CANARY)) });
  const said = await down.say('GET', '/readyz');
  expect(said.status).toBe(503);
  expect(said.text).not.toContain(CANARY);
  expect((await down.say('GET', '/healthz')).status).toBe(200);
  await down.close();
});

test('every refusal has an HTTP error status, and only a wrong or suspended key gets 401', () => {
  const statuses = Object.entries(STATUS);
  expect(statuses.every(([, status]) => status >= 400 && status <= 503)).toBe(true);
  expect(statuses.filter(([, status]) => status === 401)).toEqual([
    ['invalid_key', 401],
    ['key_suspended', 401],
  ]);
});

test('docs/rest.md lists every code with its status', () => {
  const page = readFileSync(new URL('../../docs/rest.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| (\d{3}) \| (.*) \|$/gm)];
  const documented = rows.flatMap(([, status, text = '']) =>
    [...text.matchAll(/`([a-z]+(?:_[a-z]+)*)`/g)].map(([, code]) => [code, Number(status)]),
  );
  const ours = { unauthorized: 401, method_not_allowed: 405, rate_limited: 429, internal: 500 };
  const codes = Object.entries({ ...STATUS, ...ours });
  const named = documented.filter(([code]) => code !== 'instance');
  expect(named.toSorted()).toEqual(codes.toSorted());
  expect(codes.map(([code]) => code).toSorted()).toEqual(PROBLEM_CODES.toSorted());
});
