/** `--json` output matches docs/cli.md for every command that has the option. */

import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createProgram } from '../../src/cli/program.js';
import { ROUTES } from '../../src/contract/routes.js';
import { describeApi } from '../../src/http/openapi/document.js';
import { type Serving, startServing } from '../http/serving.js';
import { ABOUT, run, type TerminalOptions } from './terminal.js';

/** Maps each command to its documented output. */
const DOCUMENTED = new Map(
  [
    ...readFileSync('docs/cli.md', 'utf8').matchAll(/^\| `([a-z: ]+)` \| (?:`([^`]+)`)?.* \|$/gm),
  ].map(([, command = '', writes = '']) => [command, writes]),
);

let serving: Serving;
let admin: TerminalOptions;
let pending: string;
beforeAll(async () => {
  serving = await startServing();
  const { services, server } = serving;
  admin = { url: server.url, token: services.adminToken };
  await services.policy();
  await services.secret();
  const { caller } = await services.agent('claude-desktop');
  pending = (await services.ask(caller)).id;
});
afterAll(() => serving.close());

/** Commands without --json, each with the reason. */
const WITHOUT_JSON: Readonly<Record<string, string>> = {
  serve: 'runs until it is stopped',
  demo: 'runs until it is stopped',
  mcp: 'speaks MCP on stdout',
  'access read': 'prints the value alone',
  'secrets:get': 'prints the value alone',
  'admin:bootstrap': 'prints the new key alone',
  'mcp:config': 'prints a file for another program',
  completion: 'prints a script for a shell',
};

/** Commands that do something, with their whole names. A command with subcommands only holds them. */
function commandsOf(program: Command): readonly (readonly [name: string, command: Command])[] {
  return program.commands.flatMap((command) =>
    command.commands.length === 0
      ? [[command.name(), command] as const]
      : commandsOf(command).map(([name, one]) => [`${command.name()} ${name}`, one] as const),
  );
}

test('every command has --json and stands in docs/cli.md, but for those that print for no reader or never end', () => {
  const io = { out() {}, err() {}, useProfile() {} };
  const program = createProgram(Object.assign(Object.create(null), io), ABOUT);
  const all = commandsOf(program);
  const names = (json: boolean) =>
    all
      .filter(([, { options }]) => options.some(({ long }) => long === '--json') === json)
      .map(([name]) => name)
      .toSorted();
  expect(names(false)).toEqual(Object.keys(WITHOUT_JSON).toSorted());
  expect(names(true)).toEqual([...DOCUMENTED.keys()].toSorted());
});

test('every schema named in docs/cli.md exists in the API', () => {
  const { components } = z
    .object({ components: z.object({ schemas: z.record(z.string(), z.unknown()) }) })
    .parse(describeApi());
  const named = [...DOCUMENTED.values()].flatMap((writes) => writes.match(/^[A-Z]\w+/) ?? []);
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !Object.hasOwn(components.schemas, name))).toEqual([]);
});

describe('--json output has the documented schema', () => {
  const { approvals, grants, resources, secrets, keys, people, audit, notifications, whoami } =
    ROUTES;
  const answers = {
    'mcp:approvals': approvals?.['list']?.answer,
    'mcp:grants': grants?.['list']?.answer,
    'mcp:resources': resources?.['list']?.answer,
    'mcp:audit': audit?.['list']?.answer,
    'secrets:list': secrets?.['list']?.answer,
    'keys:list': keys?.['list']?.answer,
    'people:list': people?.['list']?.answer,
    'notifications:list': notifications?.['show']?.answer,
    'notifications:deliveries': notifications?.['deliveries']?.answer,
    'mcp:metrics': ROUTES['metrics']?.['summary']?.answer,
    'auth:whoami': whoami?.['show']?.answer,
  };

  test.each(Object.entries(answers))('%s', async (command, answer) => {
    const { exit, out } = await run(admin, command, '--json');
    expect(exit).toBe(0);
    const written: unknown = JSON.parse(out);
    const isList = DOCUMENTED.get(command)?.endsWith('[]') ?? false;
    expect(Array.isArray(written)).toBe(isList);
    const read = answer?.parse(isList ? { items: written } : written);
    // Parsing drops unknown fields, so equality proves that there are none.
    expect(read).toEqual(isList ? { items: written } : written);
  });
});

const FIELDS = /\w+(?=\??[,: }])/g;

test.each([
  ['auth:scopes'],
  ['keys:suspend', 'claude-desktop', '--reason', 'odd requests'],
  ['keys:resume', 'claude-desktop', '--yes'],
  ['people:code', '--for', 'admin@example.com'],
  ['notifications:replay', '--receiver', 'email'],
])('%s --json prints exactly the documented fields', async (command, ...argv) => {
  const { exit, out, err } = await run(admin, command, ...argv, '--json');
  expect({ exit, err }).toEqual({ exit: 0, err: '' });
  const written: unknown = [JSON.parse(out)].flat()[0];
  const named = DOCUMENTED.get(command)?.match(FIELDS) ?? [];
  expect(named.length).toBeGreaterThan(0);
  expect(Object.keys(Object(written)).toSorted()).toEqual([...named].toSorted());
});

test('a refused command with --json prints nothing to stdout', async () => {
  const denied = await run(admin, 'mcp:deny', pending, '--reason', 'not mine', '--yes', '--json');
  expect(denied).toMatchObject({ exit: 1, out: '' });
});
