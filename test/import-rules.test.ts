/** The import rules: plants an import of every folder in every other folder and checks which ones the linter refuses. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { refusedImports } from './support/planted-imports.js';

/** Which folders each folder may import. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  domain: [],
  ports: ['domain'],
  usecases: ['ports', 'domain'],
  store: ['ports', 'domain'],
  crypto: ['ports', 'domain'],
  notify: ['ports', 'domain'],
  postgres: ['ports', 'domain'],
  slack: ['usecases', 'ports', 'domain', 'contract'],
  mcp: ['usecases', 'ports', 'domain', 'contract'],
  http: ['usecases', 'ports', 'domain', 'contract'],
  jobs: ['usecases', 'ports', 'domain', 'contract'],
  cli: ['sdk', 'contract'],
  sdk: ['contract'],
  contract: [],
};

/** Which packages and Node modules each folder may import: one of each kind that it needs. */
const PACKAGES_OF: Record<string, readonly string[]> = {
  domain: ['luxon'],
  ports: [],
  usecases: [],
  store: ['typeorm', 'pg', 'node:fs/promises'],
  crypto: ['node:crypto', 'node:fs/promises'],
  notify: ['node:fs/promises'],
  postgres: ['pg', 'node:fs/promises'],
  slack: ['@slack/bolt', '@slack/web-api', 'express', 'luxon', 'zod', 'node:fs/promises'],
  mcp: ['@modelcontextprotocol/server', 'express', 'zod', 'node:fs/promises'],
  http: ['express', 'helmet', 'zod', 'node:fs/promises'],
  jobs: ['node-cron', 'node:fs/promises'],
  cli: ['commander', 'zod', 'node:fs/promises'],
  sdk: ['@modelcontextprotocol/server', 'zod', 'node:fs/promises'],
  contract: ['zod'],
};

const RESTRICTED = Object.keys(MAY_IMPORT);
const FOLDERS = [...RESTRICTED, 'main'];
const PACKAGES = [...new Set(Object.values(PACKAGES_OF).flat())];

const importOf = (source: string): string => `import '${source}';`;
const pathTo = (folder: string): string => `../${folder}/anything.js`;
const otherFolders = (folder: string): string[] => FOLDERS.filter((other) => other !== folder);
const foreignTo = (folder: string): string[] =>
  PACKAGES.filter((name) => !PACKAGES_OF[folder]?.includes(name));

const ODD_FORMS = [
  "export { a } from '../store/a.js';",
  "import type { B } from '../store/b.js';",
  "export const c = import('../store/c.js');",
];

const refused = refusedImports({
  ...Object.fromEntries(
    FOLDERS.flatMap((folder) => [importsFrom(folder), importsFromSubfolder(folder)]),
  ),
  'src/domain/odd-forms.ts': ODD_FORMS,
  'relay/src/planted.ts': [importOf('./own.js'), importOf('../../src/domain/limits.js')],
});

function importsFrom(folder: string): [file: string, statements: string[]] {
  const own = ['./own.js', './within/own.js'];
  const rest = [
    '../bin.js',
    '../config.js',
    'crypto',
    '../domain/limits.js',
    '../domain/did-you-mean.js',
    '../domain/retry-policy.js',
    '../domain/vocabulary.js',
    '../../test/anything.js',
    '../../relay/src/anything.js',
  ];
  const all = [...own, ...rest, ...otherFolders(folder).map(pathTo), ...PACKAGES];
  return [`src/${folder}/planted.ts`, all.map(importOf)];
}

function importsFromSubfolder(folder: string): [file: string, statements: string[]] {
  const paths = otherFolders(folder).map((other) => `../${pathTo(other)}`);
  return [`src/${folder}/within/planted.ts`, ['../own.js', ...paths].map(importOf)];
}

function isRefused(folder: string, source: string): boolean {
  return refused[`src/${folder}/planted.ts`]?.includes(importOf(source)) ?? false;
}

test('every folder under src has import rules', () => {
  const folders = readdirSync('src', { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  expect(FOLDERS).toEqual(expect.arrayContaining(folders.map((folder) => folder.name)));
});

describe.each(RESTRICTED)('%s/', (folder) => {
  const closed = otherFolders(folder).filter((other) => !MAY_IMPORT[folder]?.includes(other));

  test(`may import ${MAY_IMPORT[folder]?.join(', ') || 'no other folder'} and nothing else`, () => {
    const caught = otherFolders(folder).filter((other) => isRefused(folder, pathTo(other)));
    expect(caught).toEqual(closed);
  });

  test('has the same rules in its subfolders', () => {
    const paths = closed.map((other) => importOf(`../${pathTo(other)}`));
    expect(refused[`src/${folder}/within/planted.ts`]).toEqual(paths);
  });

  test('may import its own files, but not the entry file or the configuration', () => {
    const files = ['./own.js', './within/own.js', '../bin.js', '../config.js'];
    expect(files.filter((file) => isRefused(folder, file))).toEqual(['../bin.js', '../config.js']);
  });

  test('may import its own packages and no package of another folder', () => {
    const caught = PACKAGES.filter((name) => isRefused(folder, name));
    expect(caught).toEqual(foreignTo(folder));
  });
});

test('contract/ may import “did you mean”, the limits, the retry policy and the vocabulary of the domain, and nothing else of it', () => {
  const names = ['did-you-mean', 'limits', 'retry-policy', 'vocabulary', 'anything'];
  const files = names.map((name) => `../domain/${name}.js`);
  expect(files.filter((file) => isRefused('contract', file))).toEqual(['../domain/anything.js']);
});

test('only crypto/ imports node:crypto, under either name of the module', () => {
  expect(FOLDERS.filter((folder) => !isRefused(folder, 'node:crypto'))).toEqual(['crypto']);
  expect(FOLDERS.filter((folder) => isRefused(folder, 'crypto'))).toEqual(FOLDERS);
});

test('main/ may import every folder', () => {
  expect(RESTRICTED.filter((folder) => isRefused('main', pathTo(folder)))).toEqual([]);
});

test('shipped code never imports tests', () => {
  expect(FOLDERS.filter((folder) => !isRefused(folder, '../../test/anything.js'))).toEqual([]);
  expect(FOLDERS.filter((folder) => !isRefused(folder, '../../relay/src/anything.js'))).toEqual([]);
});

test('relay/ is a separate package', () => {
  expect(refused['relay/src/planted.ts']).toEqual([importOf('../../src/domain/limits.js')]);
});

test('a re-export, a type import and a dynamic import count as imports', () => {
  expect(refused['src/domain/odd-forms.ts']).toEqual(ODD_FORMS);
});
