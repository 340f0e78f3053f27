/** `access request|wait|read` and `secrets:get`: the shipped program, with keys of an agent and of a person, under grants like everybody's. */

import { afterAll, beforeAll, expect, test } from 'vitest';
import { approvalId } from '../../src/contract/fields.js';
import type { ApprovalId } from '../../src/domain/approval.js';
import { type Serving, startServing } from '../http/serving.js';
import { unwrap } from '../support/services.js';
import { vsecure } from '../support/vsecure.js';
import { run } from './terminal.js';

let serving: Serving;
let env: Readonly<Record<string, string>>;
const uri = (name: string) => `vsecure://secrets/production/${name}`;
const WHY = ['--reason', 'Debugging the failing connection'] as const;

beforeAll(async () => {
  serving = await startServing();
  const { services, server } = serving;
  await services.policy();
  for (const name of ['A', 'B', 'C', 'D']) await services.secret(`value of ${name}`, uri(name));
  env = { VSECURE_URL: server.url, VSECURE_API_KEY: (await services.agent('script')).token };
});
afterAll(() => serving.close());

const start = (...argv: string[]) => vsecure(argv, { env });

async function request(name: string): Promise<ApprovalId> {
  const { exit, stdout, stderr } = await start('access', 'request', `production/${name}`, ...WHY);
  expect(exit).toBe(0);
  expect(stderr).toContain('vsecure access wait');
  return approvalId.parse(stdout.trim());
}

async function decide(approval: ApprovalId, verdict: 'approve' | 'deny') {
  const { useCases, decider } = serving.services;
  const reason = 'a test decides';
  return unwrap(
    await useCases.decide(await decider('alice@example.com'), { approval, verdict, reason }),
  );
}

test('a script asks, waits, and reads the value alone', async () => {
  const id = await request('A');
  const pending = await start('access', 'wait', id, '--for', '1s');
  expect(pending).toMatchObject({ exit: 3, stdout: '' });
  expect(pending.stderr).toContain(`Waiting for a person to decide ${id}.`);
  expect(await start('access', 'read', id)).toMatchObject({ exit: 3, stdout: '' });
  expect(await start('secrets:get', 'production/A')).toMatchObject({ exit: 3, stdout: '' });

  const waiting = start('access', 'wait', id);
  await decide(id, 'approve');
  expect(await waiting).toMatchObject({ exit: 0, stdout: '' });
  expect(await start('access', 'read', id)).toEqual({ exit: 0, stdout: 'value of A', stderr: '' });
  expect(await start('secrets:get', 'production/A')).toEqual({
    exit: 0,
    stdout: 'value of A',
    stderr: '',
  });
});

test('a denied, an expired and an ended request have their own exit codes', async () => {
  const denied = await request('B');
  await decide(denied, 'deny');
  for (const argv of [
    ['access', 'wait', denied],
    ['access', 'read', denied],
    ['secrets:get', 'production/B'],
  ])
    expect(await start(...argv)).toMatchObject({ exit: 4, stdout: '' });
  expect((await start('access', 'read', denied)).stderr).toContain('“a test decides”');

  const expired = await request('C');
  await serving.services.database.dataSource.query(
    `update approval set created_at = created_at - interval '2 days', expires_at = created_at - interval '1 day' where id = $1`,
    [expired],
  );
  expect(await start('access', 'wait', expired)).toMatchObject({ exit: 5, stdout: '' });

  const id = await request('D');
  await decide(id, 'approve');
  expect(await start('access', 'read', id)).toMatchObject({ exit: 0, stdout: 'value of D' });
  const waited = JSON.parse((await start('access', 'wait', id, '--json')).stdout);
  const admin = { url: serving.server.url, token: serving.services.adminToken };
  await run(admin, 'mcp:revoke', waited.grant.id, '--reason', 'a test ends it');
  for (const argv of [
    ['access', 'read', id],
    ['secrets:get', 'production/D'],
  ])
    expect(await start(...argv)).toMatchObject({ exit: 5, stdout: '' });
});

test('a request without a reason is wrong usage, and a wrong resource is refused without a request', async () => {
  const none = await start('access', 'request', 'production/A');
  expect(none).toMatchObject({ exit: 2, stdout: '' });
  expect(none.stderr).toContain("required option '--reason <text>' not specified");
  const unknown = await start('secrets:get', 'production/NONE');
  expect(unknown).toMatchObject({ exit: 1, stdout: '' });
  expect(unknown.stderr).toContain('vsecure access request vsecure://secrets/production/NONE');
});

test('on a terminal the command says beside the value how long the access lasts', async () => {
  const token = env['VSECURE_API_KEY'] ?? '';
  const options = { url: serving.server.url, token, answer: () => '' };
  const { out, err } = await run(options, 'secrets:get', 'production/A');
  expect(out).toBe('value of A');
  expect(err).toMatch(/^This access ends \d{4}-\d\d-\d\d \d\d:\d\d UTC \(grnt_/);
});
