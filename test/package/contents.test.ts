/** The published packages contain every needed file, nothing else, and resolvable types. */

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Packed, packed } from '../support/packed.js';

const run = promisify(execFile);

let packages: Packed;
beforeAll(async () => {
  packages = await packed();
});

/** The sorted files of a tarball. */
async function filesOf(tarball: string): Promise<string[]> {
  const { stdout } = await run('tar', ['-tzf', tarball]);
  const files = stdout.trimEnd().split('\n');
  return files.map((file) => file.replace(/^package\//, '')).sort();
}

/** The source files that the package was built from. */
const inSources = (folder: string, extension: string) =>
  readdirSync(path.join(packages.sources, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .map((file) => path.join(folder, file));

/** The given declaration files and all that they import, directly or indirectly. */
function reachable(folder: string, entries: readonly string[]): string[] {
  const found = new Set<string>();
  const queue = [...entries];
  for (const file of queue) {
    if (found.has(file)) continue;
    found.add(file);
    const text = readFileSync(path.join(folder, file), 'utf8');
    for (const [, imported = ''] of text.matchAll(/(?:from|import\()\s*['"](\.[^'"]+)\.js['"]/g))
      queue.push(path.join(path.dirname(file), `${imported}.d.ts`));
  }
  return [...found].sort();
}

describe('vsecure', () => {
  test('the vsecure tarball contains the program, the relay, the SDK declarations, migrations, manifests and documents', async () => {
    const files = await filesOf(packages.vsecure);
    const program = inSources('src', '.ts').map((file) => `dist/${file.replace(/ts$/, 'js')}`);
    const declarations = files.filter((file) => file.endsWith('.d.ts'));
    expect(files.filter((file) => !declarations.includes(file))).toEqual(
      [
        ...program,
        // So that the package can be installed where the registry does not have mcp-server-vsecure.
        ...inSources('relay/src', '.ts').map((file) =>
          file.replace('/src/', '/dist/').replace(/ts$/, 'js'),
        ),
        ...inSources('migrations', '.sql'),
        ...inSources('docs', '.md'),
        ...inSources('docs', '.json'),
        ...['manifest.yml', 'manifest.socket.yml', 'package.json'],
        ...['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md'],
      ].sort(),
    );
    const folder = path.join(packages.modules, 'vsecure');
    const entries = ['dist/src/sdk/index.d.ts', 'dist/src/sdk/server/index.d.ts'];
    expect(reachable(folder, entries).filter((file) => !declarations.includes(file))).toEqual([]);
  });
});

test('the relay in the vsecure package finds its dependencies there, in the versions that it has by itself', () => {
  const dependenciesOf = (folder: string) =>
    JSON.parse(readFileSync(path.join(packages.modules, folder, 'package.json'), 'utf8'))
      .dependencies;
  expect(dependenciesOf('vsecure')).toMatchObject(dependenciesOf('mcp-server-vsecure'));
});

describe('mcp-server-vsecure', () => {
  test('the mcp-server-vsecure tarball contains the program and its declarations', async () => {
    const program = inSources('relay/src', '.ts').map((file) =>
      file.replace('relay/src', 'dist').replace(/\.ts$/, ''),
    );
    expect(await filesOf(packages.relay)).toEqual(
      [
        ...program.flatMap((file) => [`${file}.js`, `${file}.d.ts`]),
        ...['LICENSE', 'README.md', 'package.json'],
      ].sort(),
    );
  });
});

describe.each(['vsecure', 'relay'] as const)('the tarball of %s', (name) => {
  test('contains no source maps or tests, and no reference to a source map', async () => {
    const files = await filesOf(packages[name]);
    expect(files.filter((file) => /\.map$|(^|\/)test\//.test(file))).toEqual([]);
    const folder = path.join(packages.modules, name === 'relay' ? 'mcp-server-vsecure' : 'vsecure');
    const code = files.filter((file) => /\.[jt]s$/.test(file));
    expect(code.length).toBeGreaterThan(20);
    const dangling = code.filter((file) =>
      readFileSync(path.join(folder, file), 'utf8').includes('sourceMappingURL='),
    );
    expect(dangling).toEqual([]);
  });

  test('passes publint including its suggestions', async () => {
    const bytes = readFileSync(packages[name]);
    const tarball = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  test('has types that every ES module resolver finds', async () => {
    const cli = createRequire(import.meta.url).resolve('@arethetypeswrong/cli/package.json');
    const attw = path.join(path.dirname(cli), 'dist/index.js');
    const options = ['--profile', 'esm-only', '--no-definitely-typed', '--format', 'json'];
    // It exits with 1 when an ES module resolver finds a problem. Its output also lists CommonJS problems.
    const { stdout } = await run(process.execPath, [attw, packages[name], ...options]);
    const { analysis } = JSON.parse(stdout);
    expect(analysis.types).toEqual({ kind: 'included' });
    expect(Object.keys(analysis.entrypoints)).toEqual(
      name === 'vsecure' ? ['.', './mcp', './package.json'] : ['.'],
    );
  });
});
