/** Importing the installed SDK loads no database, Slack or web server code, and a program that an old Node starts loads nothing. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { builtProgram } from '../support/built.js';
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

/** What a program says and imports on a Node of this version. */
async function startedBy(version: string, program: 'src/bin.ts' | 'relay/src/bin.ts') {
  const file = path.join(temporaryFolder('loads'), 'loaded');
  const disguise = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
  const preload = ['--import', RECORDER, '--import', `data:text/javascript,${disguise}`];
  const [node, script] = builtProgram(program);
  const env = { LOADS_FILE: file };
  const ended = await startCommand([node, ...preload, script, '--version'], { env }).ended;
  const loaded = readFileSync(file, 'utf8').trimEnd().split('\n');
  return { ...ended, imports: loaded.filter((specifier) => /^(\.|@?[a-z]+$)/.test(specifier)) };
}

test.each(['src/bin.ts', 'relay/src/bin.ts'] as const)(
  '%s refuses a Node older than package.json names in one sentence, before it imports anything',
  async (program) => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8'));
    const [, least = '', major, minor] = /^>=((\d+)\.(\d+))$/.exec(engines.node) ?? [];
    for (const old of [`${major}.${Number(minor) - 1}.9`, `${Number(major) - 2}.20.8`])
      expect(await startedBy(old, program)).toEqual({
        exit: 1,
        stdout: '',
        stderr: expect.stringMatching(
          new RegExp(`^.*: this is Node ${old}, and .* needs Node ${least} or newer.*\n$`),
        ),
        imports: [],
      });
    for (const known of [`${least}.0`, `${Number(major) + 2}.0.0`])
      expect(await startedBy(known, program)).toMatchObject({ exit: 0, stderr: '' });
    expect((await startedBy(`${least}.0`, program)).imports).not.toEqual([]);
  },
);
