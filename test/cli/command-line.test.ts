/** `vsecure` as its own process: output, exit codes and loaded modules. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { reportError } from '../../src/cli/command-errors.js';
import type { Confirm } from '../../src/cli/confirm.js';
import type { Io } from '../../src/cli/io.js';
import { createProgram } from '../../src/cli/program.js';
import { SERVER_COMMANDS } from '../../src/main/server-commands.js';
import { type Serving, startServing } from '../http/serving.js';
import { builtProgram } from '../support/built.js';
import { temporaryFolder } from '../support/folder.js';
import { DATABASE_URL } from '../support/services.js';
import { ABOUT, run } from './terminal.js';

let serving: Serving;
beforeAll(async () => {
  serving = await startServing();
});
afterAll(() => serving.close());

interface Shell {
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  readonly preload?: readonly string[];
}

async function vsecure(argv: readonly string[], { stdin = '', env, preload = [] }: Shell = {}) {
  const [node, bin] = builtProgram('src/bin.ts');
  const first = preload.flatMap((file) => ['--import', file]);
  const child = spawn(node, [...first, bin, ...argv], {
    env: {
      PATH: process.env['PATH'] ?? '',
      VSECURE_URL: serving.server.url,
      VSECURE_API_KEY: serving.services.adminToken,
      ...env,
    },
  });
  child.stdin.end(stdin);
  const [out, err, [exit]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { out, err, exit };
}

test('secrets:set reads the value from a pipe and never prints it', async () => {
  const set = ['secrets:set', 'production/PIPED'];
  const stored = await vsecure(set, { stdin: 'canary-5Hq\n' });
  expect(stored).toMatchObject({
    exit: 0,
    err: 'Removed the line break at the end of the value, which echo and prompts add.\n',
  });
  expect(stored.out).toBe('Stored vsecure://secrets/production/PIPED, version 1.\n');
  const listed = await vsecure(['secrets:list', '--json']);
  expect(JSON.parse(listed.out)).toMatchObject([{ path: expect.stringContaining('PIPED') }]);
});

test('--help lists every command in groups', async () => {
  const { out, exit } = await vsecure(['--help']);
  expect(exit).toBe(0);
  const commands = `serve demo migrate admin:bootstrap mcp mcp:approvals mcp:approve mcp:deny
    mcp:configure mcp:resources mcp:audit mcp:grants mcp:revoke secrets:set secrets:list secrets:rotate secrets:delete
    notifications:set notifications:list notifications:test notifications:deliveries notifications:replay keys:create keys:list keys:revoke
    people:list people:set people:link login auth:whoami auth:scopes`;
  for (const name of commands.split(/\s+/)) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
  expect(out).toContain('Requests:');
  expect(out).toContain('VSECURE_API_KEY');
});

/** Every way to ask for help, and wrong usage that would be ignored by a parser of a command's own. */
const ASKED = [
  { argv: ['--help'], exit: 0 },
  { argv: ['-h'], exit: 0 },
  { argv: ['x', 'x', '--help', '--yes'], exit: 0 },
  { argv: ['--no-such-option'], exit: 2 },
  { argv: ['x', '--no-such-option'], exit: 2 },
  { argv: ['x', 'x', 'x', 'x', '--no-such-option'], exit: 2 },
  { argv: ['one-word-too-many', '--no-such-option=x'], exit: 2 },
];

/** The command lines that start a command, or that end otherwise than expected. */
async function startedByHelp(change: (command: Command) => void = () => {}): Promise<string[]> {
  const wrong: string[] = [];
  const io: Io = Object.assign(Object.create(null), { out() {}, err() {}, useProfile() {} });
  for (const name of createProgram(io, ABOUT).commands.map((command) => command.name()))
    for (const { argv, exit } of ASKED) {
      let started = false;
      const program = createProgram(io, ABOUT).hook('preAction', () => {
        started = true;
      });
      program.commands.forEach(change);
      const code = await program.parseAsync([name, ...argv], { from: 'user' }).then(
        () => 0,
        (error: unknown) => reportError(error, io),
      );
      if (started || code !== exit) wrong.push(`${name} ${argv.join(' ')}`);
    }
  return wrong;
}

test('--help and unknown options start no command, in the list of all commands', async () => {
  expect(await startedByHelp()).toEqual([]);
  // The mutant: commands that parse their own words, as server commands once did.
  const lenient = await startedByHelp((command) => {
    command.helpOption(false).allowUnknownOption().allowExcessArguments();
    for (const option of command.options) option.makeOptionMandatory(false);
  });
  for (const { name } of SERVER_COMMANDS)
    expect(lenient.filter((line) => line.startsWith(`${name} `))).not.toEqual([]);
});

test.each(SERVER_COMMANDS)('$name --help creates no data folder and no key', async ({ name }) => {
  const folder = temporaryFolder('help');
  const env = { VSECURE_DATA_DIR: path.join(folder, 'data'), HOME: folder };
  const helped = await vsecure([name, '--help'], { env });
  expect(helped).toMatchObject({ exit: 0, err: '' });
  expect(helped.out).toMatch(new RegExp(`^Usage: vsecure ${name}\\b`));
  expect((await vsecure([name, 'x', '--force'], { env })).exit).toBe(2);
  const misled = await vsecure([name, '--profile', 'prod'], { env });
  expect(misled).toMatchObject({ exit: 2, out: '' });
  expect(readdirSync(folder)).toEqual([]);
});

/** Every command that asks for a yes, as a script calls it without `--yes`. */
async function questions(): Promise<readonly (readonly [string, ...string[]])[]> {
  const { services } = serving;
  await services.policy({ requireDecisionReason: false });
  await services.secret();
  const { caller } = await services.agent('asking');
  const { key } = (await services.agent('revoked')).caller;
  const rule = ['--metric', 'access_count', '--over', '50', '--period', '1h'];
  const admin = { url: serving.server.url, token: services.adminToken };
  await run(admin, 'alerts:set', 'busy', ...rule);
  await services.person('leaving@example.com');
  await services.agent('asleep');
  await run(admin, 'keys:suspend', 'asleep', '--reason', 'odd');
  await run(admin, 'people:set', 'gone@example.com', '--active', 'false', '--yes');
  const receiver = { ...admin, stdin: 'https://example.com/hook' };
  await run(receiver, 'notifications:set', 'webhook', '--url');
  const { id } = await services.ask(caller);
  const file = path.join(temporaryFolder('policies'), 'policies.yml');
  writeFileSync(file, '- uri: everything/**\n  requiresApproval: false\n');
  return [
    ['secrets:delete', DATABASE_URL],
    ['mcp:configure', '-f', file],
    ['mcp:approve', id],
    ['mcp:deny', id, '--reason', ' '],
    // alice@example.com is known.
    ['keys:create', '--name', 'typo', '--class', 'agent', '--owner', 'alise@example.com'],
    ['keys:create', '--name', 'laptop', '--class', 'human', '--owner', 'alice@example.com'],
    ['people:set', 'alicee@example.com', '--role', 'auditor'],
    ['people:set', 'gone@example.com', '--active', 'true'],
    ['people:remove', 'leaving@example.com'],
    ['keys:revoke', key.id],
    ['keys:resume', 'asleep'],
    ['alerts:silence', 'busy', '--for', '2h', '--reason', 'a load test'],
    ['alerts:remove', 'busy'],
    ['alerts:set', 'burst', '--disable'],
    ['notifications:set', 'webhook', '--off'],
    ['people:link', 'alcie@example.com', '--slack', 'T012ABC/U034DEF'],
    ['people:link', 'alice@example.com', '--slack', 'T012ABC/U034DEG'],
  ];
}

test('without a terminal, no question counts as yes: every command that asks does nothing without --yes', async () => {
  const { services, server } = serving;
  const { token } = await services.human('alice@example.com');
  const tokenFor = (name: string) => (/approve|deny/.test(name) ? token : services.adminToken);
  const asking = (name: string, confirm?: Confirm) =>
    Object.assign({ url: server.url, token: tokenFor(name) }, confirm && { confirm });
  const admin = { url: server.url, token: services.adminToken };
  const lists = [
    'secrets:list',
    'mcp:resources',
    'mcp:approvals',
    'keys:list',
    'people:list',
    'alerts:rules',
    'notifications:list',
  ];
  const state = async () =>
    Promise.all(lists.map(async (list) => (await run(admin, list, '--json')).out));

  const io: Io = Object.assign(Object.create(null), { out() {}, err() {}, useProfile() {} });
  // Server commands cannot ask: without --yes they only show, or are wrong usage.
  const client = createProgram(io, { ...ABOUT, server: [] });
  const askers = client.commands.filter(({ options }) =>
    options.some(({ long }) => long === '--yes'),
  );
  const scripts = await questions();
  expect(askers.map((command) => command.name()).toSorted()).toEqual(
    [...new Set(scripts.map(([name]) => name))].toSorted(),
  );
  for (const [name, ...argv] of scripts) {
    const before = await state();
    const ran = await run(asking(name), name, ...argv);
    expect(ran, name).toMatchObject({ exit: 2, asked: [] });
    expect(ran.err).toMatch(/No\w* .*was \w+\. There is no terminal to ask: .* add --yes\./);
    expect(await state()).toEqual(before);
    // The mutant: silence counts as yes.
    const mutant = await run(
      asking(name, async () => {}),
      name,
      ...argv,
    );
    // The server itself refuses a denial without a reason.
    if (name === 'mcp:deny') continue;
    expect(mutant.exit, name).toBe(0);
    // No list shows a silence before the rule fires.
    if (name !== 'alerts:silence') expect(await state(), name).not.toEqual(before);
  }
  await services.secret();
  const alone = await vsecure(['secrets:delete', DATABASE_URL]);
  expect(alone).toMatchObject({ exit: 2, out: '' });
  expect((await vsecure(['secrets:delete', DATABASE_URL, '--yes'])).exit).toBe(0);
});

test('wrong usage exits with 2 and suggests a correction; a refusal exits with 1 and says what to do', async () => {
  const typo = await vsecure(['mcp:aprove', 'x']);
  expect(typo).toMatchObject({ exit: 2, out: '' });
  expect(typo.err).toContain('Did you mean mcp:approve?');
  expect((await vsecure([])).exit).toBe(2);
  const noKey = await vsecure(['auth:whoami'], { env: { VSECURE_API_KEY: '' } });
  expect(noKey).toMatchObject({ exit: 1, out: '' });
  expect(noKey.err).toContain('Set VSECURE_API_KEY');
  const unreachable = await vsecure(['auth:whoami'], {
    env: { VSECURE_URL: 'http://127.0.0.1:9' },
  });
  expect(unreachable.exit).toBe(1);
  expect(unreachable.err).toContain('Is it running?');
});

test('a closed output pipe is not a failure', async () => {
  const child = spawn(
    'sh',
    ['-c', '"$@" mcp:audit --json; echo "exit $?" >&2', 'sh', ...builtProgram('src/bin.ts')],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env['PATH'] ?? '',
        VSECURE_URL: serving.server.url,
        VSECURE_API_KEY: serving.services.adminToken,
      },
    },
  );
  child.stdout.destroy();
  expect(await text(child.stderr)).toBe('exit 0\n');
});

test('client commands load no database, Slack or web server code', async () => {
  const folder = temporaryFolder('loads');
  const recorder = path.resolve('test/cli/loads.mjs');
  const policies = path.join(folder, 'policies.yml');
  writeFileSync(policies, '- uri: loads/*\n');
  const commands = [['auth:whoami'], ['mcp:configure', '-f', policies, '--yes'], ['--help']];
  for (const [index, argv] of commands.entries()) {
    const file = path.join(folder, `${index}`);
    const ran = await vsecure(argv, { preload: [recorder], env: { LOADS_FILE: file } });
    expect(ran.exit).toBe(0);
    const loaded = readFileSync(file, 'utf8').split('\n');
    // The recorder works: it has recorded a module that every command loads.
    expect(loaded).toContain('commander');
    const heavy =
      /^(typeorm|pg|@slack\/|express|helmet|pino|luxon|node-cron|@modelcontextprotocol\/)|\/(store|slack|http|usecases|crypto|postgres|jobs)\//;
    expect(loaded.filter((specifier) => heavy.test(specifier))).toEqual([]);
  }
});
