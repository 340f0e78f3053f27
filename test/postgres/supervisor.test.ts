/** The supervisor, with a fake server that misbehaves on purpose. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { supervise } from '../../src/postgres/supervisor.js';
import { temporaryFolder } from '../support/folder.js';
import { isAlive } from './support.js';

/** Ignores the first SIGINT, as PostgreSQL does while it starts. */
const HARD_OF_HEARING = `
  process.once('SIGINT', () => process.once('SIGINT', () => process.exit()));
  console.error('listening');
  setInterval(() => {}, 1000);`;

const node = (script: string) => [process.execPath, '--eval', script] as const;

test('a server that ignored the first signal gets another, and stops', async () => {
  const server = supervise(node(HARD_OF_HEARING));
  await vi.waitFor(() => expect(server.log()).toBe('listening'), { timeout: 5000 });
  const pid = server.pid();
  expect(isAlive(pid)).toBe(true);
  await server.stop();
  expect(isAlive(pid)).toBe(false);
});

test('the end of a failed server\u2019s log is kept, and its scratch folder is removed', async () => {
  const scratch = path.join(temporaryFolder('scratch'), 'run');
  mkdirSync(scratch);
  const server = supervise(node("console.error('no room'); process.exit(1)"), scratch);
  await vi.waitFor(() => expect(server.hasExited()).toBe(true), { timeout: 5000 });
  expect(server.log()).toBe('no room');
  expect(existsSync(scratch)).toBe(false);
});

test('a scratch folder that is not empty is not removed', async () => {
  const scratch = temporaryFolder('scratch');
  mkdirSync(path.join(scratch, 'kept'));
  await supervise(node(''), scratch).stop();
  expect(readdirSync(scratch)).toEqual(['kept']);
});
