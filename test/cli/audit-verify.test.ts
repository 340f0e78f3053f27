/** Whoever may see the whole audit trail can check it on their own machine, and watch it grow. */

import { readFileSync, writeFileSync } from 'node:fs';
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

/** What somebody with the database's own password can do. */
async function tamper(statement: string): Promise<void> {
  const { dataSource } = serving.services.database;
  await dataSource.transaction(async (manager) => {
    await manager.query('set local session_replication_role = replica');
    await manager.query(statement);
  });
}

const addSecret = (name: string) =>
  run({ ...admin, stdin: 'x' }, 'secrets:set', `production/${name}`);

test('a whole trail holds, its checkpoint is kept, and grows with it', async () => {
  const checkpoint = path.join(temporaryFolder('kept'), 'audit.json');
  await addSecret('FIRST');
  const first = await run(admin, VERIFY, '--checkpoint', checkpoint);
  expect(first).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^The audit trail holds: \d+ events/),
  });
  const kept = JSON.parse(readFileSync(checkpoint, 'utf8'));
  await addSecret('SECOND');
  expect((await run(admin, VERIFY, '--checkpoint', checkpoint)).exit).toBe(0);
  expect(JSON.parse(readFileSync(checkpoint, 'utf8')).sequence).toBeGreaterThan(kept.sequence);
  expect(JSON.parse((await run(admin, VERIFY, '--json')).out)).toMatchObject({ ok: true });
});

test('an agent and a member cannot have the whole trail, and a file that is no checkpoint is refused unread', async () => {
  const { token } = await serving.services.agent('curious');
  const refused = await run({ ...admin, token }, VERIFY);
  expect(refused).toMatchObject({
    exit: 1,
    err: expect.stringContaining('administrator or auditor'),
  });
  const file = path.join(temporaryFolder('kept'), 'no.json');
  writeFileSync(file, '{"hello": 1}');
  expect((await run(admin, VERIFY, '--checkpoint', file)).exit).toBe(2);
  expect(readFileSync(file, 'utf8')).toBe('{"hello": 1}');
});

test('--follow shows each event once, as it happens, and ends with Ctrl-C', async () => {
  const env = { VSECURE_URL: admin.url, VSECURE_API_KEY: admin.token };
  const watching = startProgram(['mcp:audit', '--follow', '--json', '--action', 'secret_written'], {
    env,
  });
  await expect.poll(() => watching.stdout(), { timeout: 20_000 }).toContain('secret_written');
  await addSecret('THIRD');
  await addSecret('FOURTH');
  await expect.poll(() => watching.stdout(), { timeout: 20_000 }).toContain('FOURTH');
  const lines = watching.stdout().trim().split('\n');
  const numbers = lines.map((line) => JSON.parse(line).sequence);
  expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
  expect(lines.filter((line) => line.includes('THIRD'))).toHaveLength(1);
  await watching.end('SIGINT');
});

test('a trail whose beginning was detached holds from there, and says so', async () => {
  const { services } = serving;
  await services.store.transaction((tx) => tx.auditPartitions.next());
  await addSecret('BEHIND');
  await services.countOn();
  const [part] = await services.useCases.detachAudit(new Date('2100-01-01T00:00:00Z'));
  const { exit, out } = await run(admin, VERIFY);
  expect({ exit, out }).toMatchObject({
    exit: 0,
    out: expect.stringContaining(`behind event ${part?.last}, whose hash is ${part?.hash}`),
  });
  // Who only takes the beginning away, and leaves no event that says so, is found out.
  const forged = 'f'.repeat(64);
  await tamper(
    `update audit_part set hash = decode('${forged}', 'hex') where detached_at is not null`,
  );
  expect((await run(admin, VERIFY)).exit).toBe(1);
  await tamper(
    `update audit_part set hash = decode('${part?.hash}', 'hex') where detached_at is not null`,
  );
});

// These leave a trail that does not hold: they come last.
test.each([
  [
    'its hash does not cover',
    `update audit_event set canonical = replace(canonical, 'BEHIND', 'BEHINT')`,
  ],
  [
    'is missing or out of place',
    'delete from audit_event where sequence = (select min(sequence) from audit_event)',
  ],
])('a trail that was touched is found out: %s', async (problem, statement) => {
  await tamper(statement);
  const ran = await run(admin, VERIFY);
  expect(ran).toMatchObject({ exit: 1, err: expect.stringContaining(problem) });
  expect(ran.err).toContain('Do not trust it from there on');
});
