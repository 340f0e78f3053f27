/** Two hundred hostile bodies against the real services: each is refused cheaply, is not repeated in the answer, and changes nothing. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildServices, type Services } from '../support/services.js';
import { startEndpoint, type TestEndpoint } from './endpoint.js';
import { CANARY, HOSTILE_BODIES, type HostileBody } from './hostile-bodies.js';

/** Milliseconds of CPU time, including the client's share. */
const CPU_MAX = 50;
/** Attempts, because a garbage collection can slow down one of them. */
const TRIES = 5;

let services: Services;
let endpoint: TestEndpoint;
beforeAll(async () => {
  services = await buildServices();
  await services.secret('no policy covers this', 'vsecure://secrets/locked/UNCOVERED');
  endpoint = await startEndpoint({
    useCases: services.useCases,
    keys: { agent: (await services.agent()).caller },
  });
});
afterAll(async () => {
  await endpoint.close();
  await services.close();
});

async function send(body: HostileBody[1]): Promise<string> {
  const answer = await endpoint.post(body, { 'mcp-protocol-version': '2025-11-25' });
  return answer.text();
}

async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The code of a protocol error, or of a tool that refuses. */
function refusalIn(text: string): unknown {
  const { error, result } = JSON.parse(/^data: (\{.*)$/m.exec(text)?.[1] ?? text);
  return error?.code ?? (result?.isError && JSON.parse(result.content[0].text).error.code);
}

test('there are at least two hundred different hostile bodies', () => {
  expect(new Set(HOSTILE_BODIES.map(([, body]) => String(body))).size).toBeGreaterThanOrEqual(200);
});

test.each(HOSTILE_BODIES)('%s is refused without repeating it', async (_what, body) => {
  const text = await send(body);
  expect(text).not.toContain(CANARY);
  const code = refusalIn(text);
  if (typeof code === 'number') expect(code).toBeLessThan(0);
  else expect(code).toBeOneOf(['invalid_input', 'invalid_resource', 'not_found', 'no_policy']);
});

test(`no hostile body costs ${CPU_MAX} ms of CPU`, { timeout: 60_000 }, async () => {
  const expensive: [what: string, ms: number][] = [];
  for (const [what, body] of HOSTILE_BODIES) {
    let least = Number.POSITIVE_INFINITY;
    for (let turn = 0; turn < TRIES && least >= CPU_MAX; turn += 1)
      least = Math.min(least, await cpuOf(() => send(body)));
    if (least >= CPU_MAX) expensive.push([what, least]);
  }
  expect(expensive).toEqual([]);
});

test('hostile bodies cause no internal error, no request and no grant', async () => {
  expect(endpoint.errors).toEqual([]);
  expect((await services.store.approvals.list({}, { limit: 1 })).items).toEqual([]);
  expect((await services.store.grants.list({}, { limit: 1 })).items).toEqual([]);
});

test('a refused read is recorded in the audit log', async () => {
  const resource = 'vsecure://secrets/locked/UNCOVERED';
  const attempts = async () => {
    const filter = { type: 'read_refused', resource } as const;
    return (await services.store.audit.list(filter, { limit: 200 })).items.length;
  };
  const before = await attempts();
  const params = { name: 'read-secret', arguments: { resource } };
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
  const text = await send(JSON.stringify(message));
  expect(refusalIn(text)).toBeTypeOf('string');
  expect(await attempts()).toBe(before + 1);
});
