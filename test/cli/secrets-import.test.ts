/** secrets:import stores a `.env` file without printing its values. */

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

test('when storing one secret fails, secrets:import reports how many were stored', async () => {
  const file = envFile(`A_GOOD=x\nB_TOO_BIG=${'x'.repeat(70_000)}\nC_LATER=x\n`);
  const ran = await run(admin, 'secrets:import', file, '--to', 'broken');
  expect(ran).toMatchObject({
    exit: 1,
    err: expect.stringContaining('Stored 1 of 3 secrets'),
  });
  expect((await paths()).map((one) => one.path)).toContain('vsecure://secrets/broken/A_GOOD');
  expect((await paths()).map((one) => one.path)).not.toContain('vsecure://secrets/broken/C_LATER');
});

test('a missing or empty .env file is wrong usage', async () => {
  for (const file of ['/no/such/file', envFile('# nothing\n')])
    expect((await run(admin, 'secrets:import', file, '--to', 'x')).exit).toBe(2);
});
