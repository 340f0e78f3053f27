/** Administrators and auditors can verify the audit trail on their own machine and follow it live. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Serving, startServing } from '../http/serving.js';
import { temporaryFolder } from '../support/folder.js';
import { startProgram } from '../support/vsecure.js';
import { run, type TerminalOptions } from './terminal.js';

let serving: Serving;
let admin: TerminalOptions;

beforeAll(async () => {
  serving = await startServing();
  admin = { url: serving.server.url, token: serving.services.adminToken };
});
afterAll(() => serving.close());

const VERIFY = 'mcp:audit:verify';

/** Changes the trail the way an attacker with the database password could. */
async function tamper(statement: string): Promise<void> {
  const { dataSource } = serving.services.database;
  await dataSource.transaction(async (manager) => {
    await manager.query('set local session_replication_role = replica');
    await manager.query(statement);
  });
}

const addSecret = (name: string) =>
  run({ ...admin, stdin: 'x' }, 'secrets:set', `production/${name}`);

test('an intact audit trail verifies, and each run saves a newer checkpoint', async () => {
  const checkpoint = path.join(temporaryFolder('checkpoint'), 'audit.json');
  await addSecret('FIRST');
  const first = await run(admin, VERIFY, '--checkpoint', checkpoint, '--new-checkpoint');
  expect(first).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^The audit trail is intact: \d+ events/),
  });
  const saved = JSON.parse(readFileSync(checkpoint, 'utf8'));
  await addSecret('SECOND');
  expect(first.err).toContain(`Nothing was compared. Saved the first checkpoint to ${checkpoint}.`);
  const second = await run(admin, VERIFY, '--checkpoint', checkpoint);
  expect(second.exit).toBe(0);
  expect(second.err).toContain(`the checkpoint of event ${saved.sequence} unchanged`);
  expect(JSON.parse(readFileSync(checkpoint, 'utf8')).sequence).toBeGreaterThan(saved.sequence);
  expect(JSON.parse((await run(admin, VERIFY, '--json')).out)).toMatchObject({ ok: true });
});

test('a checkpoint path without a file is an error that names the path, and only --new-checkpoint writes there', async () => {
  const mistyped = path.join(temporaryFolder('checkpoint'), 'audti.json');
  const refused = await run(admin, VERIFY, '--checkpoint', mistyped);
  expect(refused).toMatchObject({
    exit: 2,
    out: '',
    err: expect.stringContaining(`There is no checkpoint at ${mistyped}.`),
  });
  expect(existsSync(mistyped)).toBe(false);
  expect((await run(admin, VERIFY, '--new-checkpoint')).exit).toBe(2);
  await run(admin, VERIFY, '--checkpoint', mistyped, '--new-checkpoint');
  const again = await run(admin, VERIFY, '--checkpoint', mistyped, '--new-checkpoint');
  expect(again).toMatchObject({ exit: 2, err: expect.stringContaining('exists already') });
});

test('agents cannot fetch the whole audit trail, and a file that is not a checkpoint is refused and left unchanged', async () => {
  const { token } = await serving.services.agent('curious');
  const refused = await run({ ...admin, token }, VERIFY);
  expect(refused).toMatchObject({
    exit: 1,
    err: expect.stringContaining('administrator or auditor'),
  });
  const file = path.join(temporaryFolder('checkpoint'), 'no.json');
  writeFileSync(file, '{"hello": 1}');
  expect((await run(admin, VERIFY, '--checkpoint', file)).exit).toBe(2);
  expect(readFileSync(file, 'utf8')).toBe('{"hello": 1}');
});

test('mcp:audit --follow prints each new event once and ends with Ctrl-C', async () => {
  const env = { VSECURE_URL: admin.url, VSECURE_API_KEY: admin.token };
  const following = startProgram(
    ['mcp:audit', '--follow', '--json', '--action', 'secret_written'],
    {
      env,
    },
  );
  await expect.poll(() => following.stdout(), { timeout: 20_000 }).toContain('secret_written');
  await addSecret('THIRD');
  await addSecret('FOURTH');
  await expect.poll(() => following.stdout(), { timeout: 20_000 }).toContain('FOURTH');
  const lines = following.stdout().trim().split('\n');
  const numbers = lines.map((line) => JSON.parse(line).sequence);
  expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
  expect(lines.filter((line) => line.includes('THIRD'))).toHaveLength(1);
  await following.end('SIGINT');
});

test('an audit trail with a detached beginning verifies from there and says where it starts', async () => {
  const { services } = serving;
  await services.store.transaction((tx) => tx.auditPartitions.next());
  await addSecret('LATER');
  await services.countOn();
  const [part] = await services.useCases.detachAudit(new Date('2100-01-01T00:00:00Z'));
  const { exit, out } = await run(admin, VERIFY);
  expect({ exit, out }).toMatchObject({
    exit: 0,
    out: expect.stringContaining(`after event ${part?.last} with hash ${part?.hash}`),
  });
  // Removing the beginning without an event that records it is detected.
  const forged = 'f'.repeat(64);
  await tamper(
    `update audit_part set hash = decode('${forged}', 'hex') where detached_at is not null`,
  );
  expect((await run(admin, VERIFY)).exit).toBe(1);
  await tamper(
    `update audit_part set hash = decode('${part?.hash}', 'hex') where detached_at is not null`,
  );
});

// These tests break the trail, so they come last.
test.each([
  [
    'its hash does not match',
    `update audit_event set canonical = replace(canonical, 'LATER', 'LATEX')`,
  ],
  [
    'is missing or out of order',
    'delete from audit_event where sequence = (select min(sequence) from audit_event)',
  ],
])('verification detects a manipulated audit trail: %s', async (problem, statement) => {
  await tamper(statement);
  const ran = await run(admin, VERIFY);
  expect(ran).toMatchObject({ exit: 1, err: expect.stringContaining(problem) });
  expect(ran.err).toContain('Do not trust events from there on');
});
