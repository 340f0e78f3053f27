/** The server as an operator sees it: it is up and ready, logs how to decide, and stops gracefully. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApprovalId } from '../../src/domain/approval.js';
import { testDatabase } from '../support/database.js';
import { call, connectClient, fields } from '../support/mcp-client.js';
import { type RunningServer, startVsecure } from '../support/server.js';
import { buildServices, DATABASE_URL, type Services, unwrap } from '../support/services.js';
import { until } from '../support/until.js';
import { vsecure } from '../support/vsecure.js';

let services: Services;
let server: RunningServer;
beforeAll(async () => {
  const database = await testDatabase();
  services = await buildServices({ database });
  await services.policy();
  await services.secret('s3cret-value');
  server = await startVsecure({ database, masterKey: services.masterKeyText });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await services.close();
});

const ask = (token: string) =>
  connectClient({ url: server.url, token }).then(async (client) => {
    const question = {
      resources: [DATABASE_URL],
      operation: 'read',
      reason: 'Users cannot log in',
    };
    return { client, id: fields(await call(client, 'request-access', question))['approval_id'] };
  });

const answerOf = async (path: string) => {
  const response = await fetch(`${server.url}${path}`);
  return { status: response.status, body: await response.json() };
};

test('the health routes report that the server is up, ready and without Slack', async () => {
  expect(await answerOf('/healthz')).toEqual({ status: 200, body: { status: 'ok' } });
  expect(await answerOf('/readyz')).toEqual({
    status: 200,
    body: { status: 'ok', database: 'ok', slack: 'off' },
  });
});

test('without Slack, the log has the exact command that approves a pending request', async () => {
  expect(server.log()).toContainEqual(
    expect.objectContaining({ level: 40, msg: expect.stringMatching(/^Slack is not connected/) }),
  );
  const { token } = await services.agent('asks-without-slack');
  const { client, id } = await ask(token);
  const line = await until('a line about the request', () =>
    server.log().find(({ approval, approve }) => approval === id && approve !== undefined),
  );
  const alice = (await services.human('alice@example.com')).token;
  const [program, ...argv] = String(line['approve']).split(' ');
  expect(program).toBe('vsecure');
  const env = { VSECURE_URL: server.url, VSECURE_API_KEY: alice };
  expect(await vsecure([...argv, '--yes'], { env })).toMatchObject({
    exit: 0,
    stdout: `Approved ${id} for 1h.\n`,
  });
  const read = await call(client, 'read-secret', { resource: DATABASE_URL });
  expect(read.structured).toMatchObject({ value: 's3cret-value' });
  await client.close();
});

test('after SIGTERM a waiting agent gets its answer, and the process exits with 0 within 10 s', async () => {
  const { token } = await services.agent('waits-for-ever');
  const { client, id } = await ask(token);
  let waits = false;
  const onprogress = () => {
    waits = true;
  };
  const question = { approval_id: id, wait_seconds: 240 };
  const waiting = call(client, 'wait-for-decision', question, { onprogress });
  await until('the agent to wait', () => waits);

  const asked = performance.now();
  const ended = await server.stop();
  expect(ended.exit).toBe(0);
  expect(performance.now() - asked).toBeLessThan(10_000);
  expect(fields(await waiting)).toMatchObject({
    status: 'pending',
    next: { tool: 'wait-for-decision', arguments: { approval_id: id } },
  });
  await client.close();
  expect(server.log().map(({ msg }) => msg)).not.toContain('a part did not stop cleanly');

  await server.restart();
  expect(
    unwrap(await services.useCases.viewApprovals.one(services.admin, id as ApprovalId)).approval
      .status,
  ).toBe('pending');
});
