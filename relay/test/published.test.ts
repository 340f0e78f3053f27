/** What lets people install the relay in one step: the entry for the MCP registry and the manifest of an MCPB bundle. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const run = promisify(execFile);
const ROOT = path.resolve(import.meta.dirname, '..');
const MCPB = path.join(
  path.dirname(fileURLToPath(import.meta.resolve('@anthropic-ai/mcpb'))),
  'cli/cli.js',
);

const read = async (file: string): Promise<unknown> =>
  JSON.parse(await readFile(path.join(ROOT, file), 'utf8'));

const packageFile = z.object({
  name: z.string(),
  mcpName: z.string(),
  version: z.string(),
  license: z.string(),
  engines: z.object({ node: z.string() }),
  bin: z.record(z.string(), z.string()),
});
const readPackage = async () => packageFile.parse(await read('package.json'));

const variable = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  format: z.enum(['string', 'number', 'boolean', 'filepath']).optional(),
  default: z.string().optional(),
  isRequired: z.boolean().optional(),
  isSecret: z.boolean().optional(),
});

/** The rules of https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json for the fields that we use. */
const serverFile = z.strictObject({
  $schema: z.literal(
    'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
  ),
  name: z
    .string()
    .min(3)
    .max(200)
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version: z.string().regex(/^\d+\.\d+\.\d+$/),
  packages: z.array(
    z.strictObject({
      registryType: z.literal('npm'),
      registryBaseUrl: z.literal('https://registry.npmjs.org'),
      identifier: z.string(),
      version: z.string().regex(/^\d+\.\d+\.\d+$/),
      runtimeHint: z.literal('npx'),
      transport: z.strictObject({ type: z.literal('stdio') }),
      environmentVariables: z.array(variable),
    }),
  ),
});

const manifestFile = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  server: z.object({
    entry_point: z.string(),
    mcp_config: z.object({ args: z.array(z.string()), env: z.record(z.string(), z.string()) }),
  }),
  user_config: z.object({ api_key: z.object({ sensitive: z.literal(true) }) }),
  compatibility: z.object({ runtimes: z.object({ node: z.string() }) }),
});

const KEY_AND_ADDRESS = ['VSECURE_API_KEY', 'VSECURE_URL'];

test('the entry for the MCP registry keeps the rules of its schema and names this package and version', async () => {
  const { name, mcpName, version } = await readPackage();
  const server = serverFile.parse(await read('server.json'));
  expect(server).toMatchObject({
    name: mcpName,
    version,
    packages: [{ identifier: name, version }],
  });
  const variables = server.packages.flatMap((one) => one.environmentVariables);
  expect(variables.map((one) => one.name).sort()).toEqual(KEY_AND_ADDRESS);
  expect(variables.find((one) => one.name === 'VSECURE_API_KEY')).toMatchObject({ isSecret: true });
});

describe('the manifest of the bundle', () => {
  test('is valid for the official tool, and the same manifest without its name is not', async () => {
    const manifest = path.join(ROOT, 'manifest.json');
    const { stdout } = await run(process.execPath, [MCPB, 'validate', manifest]);
    expect(stdout).toContain('passes');
    const { name: _, ...broken } = manifestFile.loose().parse(await read('manifest.json'));
    const copy = path.join(await mkdtemp(path.join(tmpdir(), 'mcpb-')), 'manifest.json');
    await writeFile(copy, JSON.stringify(broken));
    await expect(run(process.execPath, [MCPB, 'validate', copy])).rejects.toThrow();
  });

  test('starts the program of this package with the key that the user enters once', async () => {
    const { name, version, license, engines, bin } = await readPackage();
    const manifest = manifestFile.parse(await read('manifest.json'));
    expect(manifest).toMatchObject({ name, version, license });
    const program = Object.values(bin)[0]?.replace(/^\.\//, '');
    const { entry_point, mcp_config } = manifest.server;
    expect(entry_point).toBe(program);
    expect(mcp_config.args).toEqual([`\${__dirname}/${program}`]);
    expect(Object.keys(mcp_config.env).sort()).toEqual(KEY_AND_ADDRESS);
    expect(manifest.compatibility.runtimes).toEqual(engines);
  });
});
