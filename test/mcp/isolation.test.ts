/** One process, many keys: calls at the same moment each get their own answer. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLIENT_KINDS, call, fields, startEndpoint, type TestEndpoint } from './endpoint.js';
import { agentCaller, GRANT_ID, stubUseCases } from './tool-calls.js';

const NAMES = Array.from({ length: 50 }, (_, at) => `agent-${at}`);
const keys = Object.fromEntries(NAMES.map((name) => [name, agentCaller(name)]));

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startEndpoint({
    keys,
    useCases: stubUseCases({
      // All calls overlap: none is answered before the last one has arrived.
      readSecret: async ({ principal }, { resource }) => {
        await allCallsHaveArrived();
        const value = Buffer.from(`the value of ${principal.name}`);
        return {
          ok: true,
          value: { resource, version: 1, value, grant: GRANT_ID, expiresAt: new Date() },
        };
      },
    }),
  });
});
afterAll(() => endpoint.close());

let arrived = 0;
let releaseAll = () => {};
const allArrived = new Promise<void>((resolve) => {
  releaseAll = resolve;
});
async function allCallsHaveArrived(): Promise<void> {
  arrived += 1;
  if (arrived === NAMES.length) releaseAll();
  await allArrived;
}

test('fifty keys that read at the same time, with every kind of client, each get their own value', async () => {
  const clients = await Promise.all(
    NAMES.map((name, at) => endpoint.client(name, CLIENT_KINDS[at % CLIENT_KINDS.length])),
  );
  const answers = await Promise.all(
    clients.map((client, at) =>
      call(client, 'read-secret', { resource: `vsecure://secrets/of/${NAMES[at]}` }),
    ),
  );
  expect(answers.map((answer) => fields(answer))).toMatchObject(
    NAMES.map((name) => ({
      value: `the value of ${name}`,
      resource: `vsecure://secrets/of/${name}`,
    })),
  );
});
