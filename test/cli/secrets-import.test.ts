/** secrets:import stores a `.env` file without printing its values. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sendProblem } from '../../src/http/problem.js';
import { type Serving, startServing } from '../http/serving.js';
import { temporaryFolder } from '../support/folder.js';
import { run, type TerminalOptions } from './terminal.js';

let serving: Serving;
let admin: TerminalOptions;

beforeAll(async () => {
  serving = await startServing();
  admin = { url: serving.server.url, token: serving.services.adminToken };
});
afterAll(() => serving.close());

function envFile(text: string): string {
  const file = path.join(temporaryFolder('env'), '.env');
  writeFileSync(file, text);
  return file;
}

const paths = async () =>
  JSON.parse((await run(admin, 'secrets:list', '--json')).out) as { path: string }[];

test('secrets:import stores every variable with a value and prints no value', async () => {
  const file = envFile('# comment\nDATABASE_URL=canary-one\nexport TOKEN="canary two"\nEMPTY=\n');
  const dry = await run(admin, 'secrets:import', file, '--to', 'staging', '--dry-run');
  expect(dry.out).toContain('Would store vsecure://secrets/staging/DATABASE_URL.');
  expect(await paths()).toEqual([]);
  const ran = await run(admin, 'secrets:import', file, '--to', 'staging/');
  expect(ran).toMatchObject({ exit: 0, err: expect.stringContaining('staging/EMPTY') });
  expect(ran.out.split('\n')).toEqual([
    'Stored vsecure://secrets/staging/DATABASE_URL, version 1.',
    'Stored vsecure://secrets/staging/TOKEN, version 1.',
  ]);
  expect(ran.out + ran.err).not.toContain('canary');
  expect((await run(admin, 'secrets:import', file, '--to', 'staging', '--json')).out).not.toContain(
    'canary',
  );
});

test.each([
  [
    'a value that is too large',
    `A_GOOD=x\nB_CANARY=${'canary'.repeat(12_000)}\n`,
    'line 2: the value has',
  ],
  ['a name that no resource can have', 'A_GOOD=x\n_CANARY=canary\n', 'line 2: the name cannot be'],
  [
    'a private key without quotation marks',
    'A_GOOD=x\nKEY=-----BEGIN CANARY KEY-----\ncanary=\n',
    'line 2: ',
  ],
])('secrets:import stores nothing when the file has %s', async (_what, text, problem) => {
  const ran = await run(admin, 'secrets:import', envFile(text), '--to', 'refused');
  expect(ran).toMatchObject({ exit: 2, out: '', err: expect.stringContaining(problem) });
  expect(ran.err).not.toMatch(/canary/i);
  expect((await paths()).some((one) => one.path.includes('/refused/'))).toBe(false);
});

test('secrets:import skips values that are stored already, and a changed one becomes a version', async () => {
  await run(admin, 'secrets:import', envFile('A=one\nB=two\n'), '--to', 'again');
  const ran = await run(
    admin,
    'secrets:import',
    envFile('A=one\nB=three\nC=four\n'),
    '--to',
    'again',
  );
  expect(ran.out.split('\n')).toEqual([
    'Unchanged vsecure://secrets/again/A, version 1.',
    'Stored vsecure://secrets/again/B, version 2.',
    'Stored vsecure://secrets/again/C, version 1.',
  ]);
  const back = await run(admin, 'secrets:import', envFile('B=two\n'), '--to', 'again');
  expect(back.out).toBe('Stored vsecure://secrets/again/B, version 3.');
});

test('secrets:import waits as long as the server says when its key has called too often, and goes on', async () => {
  let calls = 0;
  const limited = await startServing(undefined, {
    first: [
      (_req, res, next) => {
        calls += 1;
        if (calls !== 3) return next();
        const detail = 'Too many requests.';
        // Longer than the SDK waits by itself.
        res.set('Retry-After', '11');
        sendProblem(res, { status: 429, code: 'rate_limited', detail });
      },
    ],
  });
  const owner = { url: limited.server.url, token: limited.services.adminToken };
  const ran = await run(owner, 'secrets:import', envFile('A=x\nB=x\nC=x\nD=x\n'), '--to', 'many');
  expect(ran.exit).toBe(0);
  expect(ran.out.split('\n')).toHaveLength(4);
  expect(calls).toBe(5);
  await limited.close();
});

test('a missing or empty .env file is wrong usage', async () => {
  for (const file of ['/no/such/file', envFile('# nothing\n')])
    expect((await run(admin, 'secrets:import', file, '--to', 'x')).exit).toBe(2);
});
