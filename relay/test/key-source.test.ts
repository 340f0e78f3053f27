/** The key comes from exactly one source, and no problem with that source ever repeats its content. */
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/folder.js';
import { readConfig } from '../src/config.js';
import { readKeyCommand } from '../src/key-command.js';
import { splitWords } from '../src/split-command.js';
import { API_KEY } from './mcp-server.js';

async function keyOf(env: Record<string, string>): Promise<string> {
  const result = await readConfig({ PATH: process.env['PATH'], ...env });
  return result.ok ? result.config.apiKey : result.problems.join('\n');
}

function keyFile(text: string, mode = 0o600): string {
  const file = path.join(temporaryFolder('key'), 'key');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

/** A command that runs a line of JavaScript, quoted as a person would quote it. */
const command = (script: string) => `"${process.execPath}" -e '${script}'`;

it('the relay reads the key from a file that only its owner can read, without the trailing line break', async () => {
  expect(await keyOf({ VSECURE_API_KEY_FILE: keyFile(`${API_KEY}\n`) })).toBe(API_KEY);
  expect(await keyOf({ VSECURE_API_KEY_FILE: keyFile(`${API_KEY}\r\n`, 0o400) })).toBe(API_KEY);
});

it.each([0o604, 0o640, 0o660, 0o620])(
  'the relay refuses a key file of mode %o and says how to fix it',
  async (mode) => {
    const problem = await keyOf({ VSECURE_API_KEY_FILE: keyFile(API_KEY, mode) });
    expect(problem).toContain('chmod 600');
    expect(problem).not.toContain(API_KEY);
  },
);

it('the relay refuses a path that is no file, does not exist, is too large or holds no key, without naming the path', async () => {
  const folder = temporaryFolder('key');
  const pipe = path.join(folder, 'pipe');
  expect(spawnSync('mkfifo', ['-m', '600', pipe]).status).toBe(0);
  const paths = [
    folder,
    pipe,
    path.join(folder, 'none'),
    API_KEY,
    keyFile('x'.repeat(5000)),
    keyFile('hunter2'),
  ];
  for (const file of paths) {
    const problem = await keyOf({ VSECURE_API_KEY_FILE: file });
    expect(problem).toMatch(/^the file named in VSECURE_API_KEY_FILE /);
    expect(problem).not.toMatch(/hunter2|xxxx|CanaryCanary/);
    expect(problem).not.toContain(folder);
  }
});

it('the relay reads the key from the output of a command, whose stdin is closed', async () => {
  expect(await keyOf({ VSECURE_API_KEY_COMMAND: command(`console.log("${API_KEY}")`) })).toBe(
    API_KEY,
  );
  const reader = `process.stdin.on("data", () => {}).on("end", () => console.log("${API_KEY}"))`;
  expect(await keyOf({ VSECURE_API_KEY_COMMAND: command(reader) })).toBe(API_KEY);
});

it('the relay runs the command without a shell', async () => {
  const marker = path.join(temporaryFolder('shell'), 'ran');
  const words = `${command('console.log(process.argv.slice(1).join(" "))')} "$HOME" ; touch ${marker}`;
  const read = await readKeyCommand(words, { HOME: '/home/ana' });
  expect(read).toEqual({ ok: true, text: `$HOME ; touch ${marker}\n` });
});

it.each([
  ['fails', 'console.log("hunter2"); console.error("hunter3"); process.exit(44)', /exit code 44/],
  ['prints no key', 'console.log("hunter2")', /did not print a vsecure key/],
  ['prints nothing', '', /did not print a vsecure key/],
  ['prints without end', 'process.stdout.write("hunter2".repeat(20000))', /far more than a key/],
])(
  'the relay says in one sentence that a command %s, without its output',
  async (_name, script, expected) => {
    const problem = await keyOf({ VSECURE_API_KEY_COMMAND: command(script) });
    expect(problem).toMatch(expected);
    expect(problem).toMatch(/^the command in VSECURE_API_KEY_COMMAND [^\n]+$/);
    expect(problem).not.toMatch(/hunter/);
  },
);

it('the relay reports an unknown command or an unclosed quote without the command line', async () => {
  for (const words of ['/no/such/keychain --secret hunter2', 'keychain "hunter2']) {
    const problem = await keyOf({ VSECURE_API_KEY_COMMAND: words });
    expect(problem).toMatch(/was not found|unclosed quote/);
    expect(problem).not.toMatch(/hunter2|keychain /);
  }
});

it('the relay kills a command that takes too long, even if it ignores SIGTERM', async () => {
  const stubborn = 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)';
  const read = await readKeyCommand(command(stubborn), process.env, { timeout: 300 });
  expect(read).toMatchObject({ ok: false, problem: expect.stringContaining('took longer') });
});

it('the relay reports a command that cannot be run without the command line', async () => {
  const read = await readKeyCommand(`print "hunter2\0"`, {});
  expect(read).toEqual({
    ok: false,
    problem: expect.stringMatching(/^the command in VSECURE_API_KEY_COMMAND could not be run/),
  });
});

it('the relay accepts only one source, and reports a second one with all other problems', async () => {
  const both = { VSECURE_API_KEY: API_KEY, VSECURE_API_KEY_COMMAND: 'print it' };
  const result = await readConfig({ VSECURE_URL: 'gopher://x', ...both });
  expect(result).toMatchObject({
    ok: false,
    problems: [
      expect.stringContaining('http://'),
      expect.stringContaining('VSECURE_API_KEY and VSECURE_API_KEY_COMMAND are both set'),
    ],
  });
});

it('the relay treats an empty variable as unset', async () => {
  const env = { VSECURE_API_KEY: ' ', VSECURE_API_KEY_FILE: keyFile(API_KEY) };
  expect(await keyOf(env)).toBe(API_KEY);
});

it.each([
  [
    'security find-generic-password -w -s vsecure',
    ['security', 'find-generic-password', '-w', '-s', 'vsecure'],
  ],
  [`a  'b c'\t"d \\"e\\" \\\\ f"`, ['a', 'b c', 'd "e" \\ f']],
  [`"C:\\Program Files\\op.exe" read C:\\x`, ['C:\\Program Files\\op.exe', 'read', 'C:\\x']],
  [`--x='a b'"c" ''`, ['--x=a bc', '']],
  [' ', []],
  [`it's`, undefined],
  [`"open\\"`, undefined],
])('the command line %j is split into words', (text, words) => {
  expect(splitWords(text)).toEqual(words);
});

it('a hostile command line is split quickly', () => {
  const began = performance.now();
  expect(splitWords(`"${'\\'.repeat(200_001)}`)).toBeUndefined();
  expect(performance.now() - began).toBeLessThan(2000);
});
