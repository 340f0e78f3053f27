/** Importing the SDK loads only the SDK, the contract and zod. */

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/folder.js';
import { startCommand } from '../support/vsecure.js';

test('`import "vsecure"` loads no database, no Slack, no web server and no MCP', async () => {
  const file = path.join(temporaryFolder('sdk-loads'), 'loads');
  const recorder = pathToFileURL(path.resolve('test/cli/loads.mjs')).href;
  const entry = pathToFileURL(path.resolve('src/sdk/index.ts')).href;
  const program = `const { VSecureClient } = await import('${entry}'); console.log(typeof VSecureClient)`;
  const { exit, stdout, stderr } = await startCommand(
    [
      process.execPath,
      '--import',
      'tsx',
      '--import',
      recorder,
      '--input-type=module',
      '-e',
      program,
    ],
    { env: { LOADS_FILE: file } },
  ).ended;
  expect({ exit, stdout, stderr }).toEqual({ exit: 0, stdout: 'function\n', stderr: '' });
  const loaded = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  expect(loaded).toContain('zod');
  const packages = loaded.filter((one) => !/^(\.|\/|file:|node:|data:|zod\b|tsx\b)/.test(one));
  expect(packages).toEqual([]);
  const serverFolders =
    /\/(cli|crypto|http|jobs|main|mcp|notify|postgres|slack|store|usecases)\/[\w/-]+\.[jt]s$/;
  const own = loaded.filter((one) => one.includes('/src/') || one.startsWith('.'));
  expect(own.length).toBeGreaterThan(10);
  expect(own.filter((one) => serverFolders.test(one.replace(process.cwd(), '')))).toEqual([]);
});
