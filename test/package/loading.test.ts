/** Importing the installed SDK loads no database, Slack or web server code. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.js';
import { projectFolder } from '../support/packed.js';
import { startCommand } from '../support/vsecure.js';

const RECORDER = path.resolve('test/cli/loads.mjs');

/** The packages and the folders of vsecure that a program loads. */
async function loadedBy(source: string): Promise<{ packages: string[]; folders: string[] }> {
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
  const folders = asked
    .flatMap((specifier) => /^\.\.\/(\w+)\//.exec(specifier)?.[1] ?? [])
    .filter((folder) => ours.includes(folder));
  return { packages: [...new Set(owners)].sort(), folders: [...new Set(folders)].sort() };
}

test('importing vsecure loads no other package than zod', async () => {
  const { packages, folders } = await loadedBy("import 'vsecure';");
  expect(packages).toEqual(['vsecure', 'zod']);
  expect(folders).toEqual(['contract', 'domain']);
});

test('importing vsecure/mcp additionally loads only the MCP SDK', async () => {
  const { packages, folders } = await loadedBy("import 'vsecure'; import 'vsecure/mcp';");
  expect(packages.filter((name) => !name.startsWith('@modelcontextprotocol/'))).toEqual([
    'vsecure',
    'zod',
  ]);
  expect(folders).toEqual(['contract', 'domain']);
});
