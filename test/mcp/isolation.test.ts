/** One process, many keys: whoever calls at the same moment, everybody gets their own answer. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { CLIENT_KINDS, call, fields, startEndpoint, type TestEndpoint } from './endpoint.js';
import { agentCaller, GRANT_ID, verbs } from './tool-calls.js';

const NAMES = Array.from({ length: 50 }, (_, at) => `agent-${at}`);
const keys = Object.fromEntries(NAMES.map((name) => [name, agentCaller(name)]));

let endpoint: TestEndpoint;
beforeAll(async () => {
  endpoint = await startEndpoint({
    keys,
    useCases: verbs({
      // Everybody is inside at the same time: nobody is answered before the last has asked.
      readSecret: async ({ principal }, { resource }) => {
        await everybodyIsHere();
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

let here = 0;
let letGo = () => {};
const gathered = new Promise<void>((resolve) => {
  letGo = resolve;
});
async function everybodyIsHere(): Promise<void> {
  here += 1;
  if (here === NAMES.length) letGo();
  await gathered;
}

test('fifty keys that read at once, through every kind of client, each get their own value', async () => {
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
