/** The walls of the house: every room is given an import of every other, and the lint rules judge each. */
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { refusedImports } from './support/planted-house.js';

/** Which rooms a room may import. */
const MAY_ENTER: Record<string, readonly string[]> = {
  domain: [],
  usecases: ['domain'],
  store: ['domain'],
  crypto: ['domain'],
  notify: ['domain'],
  postgres: ['domain'],
  slack: ['usecases', 'domain', 'contract'],
  mcp: ['usecases', 'domain', 'contract'],
  http: ['usecases', 'domain', 'contract'],
  jobs: ['usecases', 'domain', 'contract'],
  cli: ['sdk', 'contract'],
  sdk: ['contract'],
  contract: [],
};

/** Which packages and modules of Node a room may import: one of each kind that it needs. */
const MAY_USE: Record<string, readonly string[]> = {
  domain: ['luxon'],
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

const WALLED = Object.keys(MAY_ENTER);
const ROOMS = [...WALLED, 'main'];
const PACKAGES = [...new Set(Object.values(MAY_USE).flat())];

const importOf = (source: string): string => `import '${source}';`;
const wayTo = (room: string): string => `../${room}/anything.js`;
const neighbours = (room: string): string[] => ROOMS.filter((other) => other !== room);
const foreignTo = (room: string): string[] =>
  PACKAGES.filter((name) => !MAY_USE[room]?.includes(name));

const ODD_FORMS = [
  "export { a } from '../store/a.js';",
  "import type { B } from '../store/b.js';",
  "export const c = import('../store/c.js');",
];

const refused = refusedImports({
  ...Object.fromEntries(ROOMS.flatMap((room) => [atTheDoor(room), fromWithin(room)])),
  'src/domain/odd-forms.ts': ODD_FORMS,
  'relay/src/planted.ts': [importOf('./own.js'), importOf('../../src/domain/limits.js')],
});

function atTheDoor(room: string): [file: string, statements: string[]] {
  const own = ['./own.js', './within/own.js'];
  const rest = [
    '../bin.js',
    '../config.js',
    'crypto',
    '../domain/vocabulary.js',
    '../domain/limits.js',
    '../../test/anything.js',
    '../../relay/src/anything.js',
  ];
  const all = [...own, ...rest, ...neighbours(room).map(wayTo), ...PACKAGES];
  return [`src/${room}/planted.ts`, all.map(importOf)];
}

function fromWithin(room: string): [file: string, statements: string[]] {
  const ways = neighbours(room).map((other) => `../${wayTo(other)}`);
  return [`src/${room}/within/planted.ts`, ['../own.js', ...ways].map(importOf)];
}

function isRefused(room: string, source: string): boolean {
  return refused[`src/${room}/planted.ts`]?.includes(importOf(source)) ?? false;
}

test('every room of the house has walls', () => {
  const rooms = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(ROOMS).toEqual(expect.arrayContaining(rooms.map((room) => room.name)));
});

describe.each(WALLED)('%s/', (room) => {
  const closed = neighbours(room).filter((other) => !MAY_ENTER[room]?.includes(other));

  test(`may import ${MAY_ENTER[room]?.join(', ') || 'no other room'}, and nobody else`, () => {
    const caught = neighbours(room).filter((other) => isRefused(room, wayTo(other)));
    expect(caught).toEqual(closed);
  });

  test('has the same walls in the folders within it', () => {
    const ways = closed.map((other) => importOf(`../${wayTo(other)}`));
    expect(refused[`src/${room}/within/planted.ts`]).toEqual(ways);
  });

  test('may import its own files, but not how the program starts and is configured', () => {
    const files = ['./own.js', './within/own.js', '../bin.js', '../config.js'];
    expect(files.filter((file) => isRefused(room, file))).toEqual(['../bin.js', '../config.js']);
  });

  test('may use its own packages and no other room’s', () => {
    const caught = PACKAGES.filter((name) => isRefused(room, name));
    expect(caught).toEqual(foreignTo(room));
  });
});

test('contract/ may import the words and the limits of the domain, and nothing more of it', () => {
  const files = ['vocabulary', 'limits', 'anything'].map((name) => `../domain/${name}.js`);
  expect(files.filter((file) => isRefused('contract', file))).toEqual(['../domain/anything.js']);
});

test('only crypto/ computes with keys, by whichever name the module is called', () => {
  expect(ROOMS.filter((room) => !isRefused(room, 'node:crypto'))).toEqual(['crypto']);
  expect(ROOMS.filter((room) => isRefused(room, 'crypto'))).toEqual(ROOMS);
});

test('main/ may import every room', () => {
  expect(WALLED.filter((room) => isRefused('main', wayTo(room)))).toEqual([]);
});

test('what is built never imports what checks it', () => {
  expect(ROOMS.filter((room) => !isRefused(room, '../../test/anything.js'))).toEqual([]);
  expect(ROOMS.filter((room) => !isRefused(room, '../../relay/src/anything.js'))).toEqual([]);
});

test('relay/ is a package of its own', () => {
  expect(refused['relay/src/planted.ts']).toEqual([importOf('../../src/domain/limits.js')]);
});

test('a re-export, a type and an import at run time are imports too', () => {
  expect(refused['src/domain/odd-forms.ts']).toEqual(ODD_FORMS);
});
