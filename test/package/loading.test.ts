/** A program that imports the SDK loads the SDK: no database, no Slack and no web server comes along. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.js';
import { projectFolder } from '../support/packed.js';
import { startCommand } from '../support/vsecure.js';

const RECORDER = path.resolve('test/cli/loads.mjs');

/** The packages that were loaded, and the rooms of ours. */
async function loadedBy(source: string): Promise<{ packages: string[]; rooms: string[] }> {
  const cwd = await projectFolder();
  const program = path.join(cwd, 'program.js');
  writeFileSync(program, source);
  const file = path.join(temporaryFolder('loads'), 'loaded');
  const command = [process.execPath, '--import', RECORDER, program] as const;
  const ran = await startCommand([...command], { cwd, env: { LOADS_FILE: file } }).ended;
  expect(ran).toEqual({ exit: 0, stdout: '', stderr: '' });
  const asked = readFileSync(file, 'utf8').trimEnd().split('\n');
  const names = asked.filter((specifier) => /^(@?[a-z])(?!ode:|ile:)/.test(specifier));
  const owners = names.map((name) =>
    name
      .split('/')
      .slice(0, name[0] === '@' ? 2 : 1)
      .join('/'),
  );
  const ours = readdirSync('src');
  const rooms = asked
    .flatMap((specifier) => /^\.\.\/(\w+)\//.exec(specifier)?.[1] ?? [])
    .filter((room) => ours.includes(room));
  return { packages: [...new Set(owners)].sort(), rooms: [...new Set(rooms)].sort() };
}

test('the client needs zod, and nothing else', async () => {
  const { packages, rooms } = await loadedBy("import 'vsecure';");
  expect(packages).toEqual(['vsecure', 'zod']);
  expect(rooms).toEqual(['contract', 'domain']);
});

test('a custom MCP server needs the MCP SDK besides', async () => {
  const { packages, rooms } = await loadedBy("import 'vsecure'; import 'vsecure/mcp';");
  expect(packages.filter((name) => !name.startsWith('@modelcontextprotocol/'))).toEqual([
    'vsecure',
    'zod',
  ]);
  expect(rooms).toEqual(['contract', 'domain']);
});
