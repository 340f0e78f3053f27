/** The relay logs to the usual place for logs, readable only by the owner, with bounded size, and a failing log never stops it. */
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support/folder.js';
import { createLogFile, logFilePath } from '../src/log-file.js';
import { API_KEY, listen } from './mcp-server.js';
import { messagesOf, type RelayProcess, startRelay } from './relay-process.js';

const modeOf = (file: string) => statSync(file).mode & 0o777;

it.each([
  ['darwin', { HOME: '/Users/ana' }, '/Users/ana/Library/Logs/Claude/mcp-server-vsecure.log'],
  ['linux', { HOME: '/home/ana' }, '/home/ana/.local/state/vsecure/mcp-server-vsecure.log'],
  ['linux', { HOME: '/h', XDG_STATE_HOME: '/state' }, '/state/vsecure/mcp-server-vsecure.log'],
  [
    'linux',
    { HOME: '/h', XDG_STATE_HOME: 'state' },
    '/h/.local/state/vsecure/mcp-server-vsecure.log',
  ],
  [
    'win32',
    { LOCALAPPDATA: 'C:\\Users\\ana\\AppData\\Local' },
    'C:\\Users\\ana\\AppData\\Local\\vsecure\\Logs\\mcp-server-vsecure.log',
  ],
  [
    'win32',
    { HOME: 'C:\\Users\\ana' },
    'C:\\Users\\ana\\AppData\\Local\\vsecure\\Logs\\mcp-server-vsecure.log',
  ],
] as const)('on %s with %j the log is %s', (platform, env, expected) => {
  expect(logFilePath(env, platform)).toBe(expected);
});

it('the log appends lines with a timestamp to a file that only its owner can read', () => {
  const file = path.join(temporaryFolder('log'), 'deep/er/relay.log');
  const log = createLogFile(file);
  log('one');
  log('two');
  expect(readFileSync(file, 'utf8')).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z \[\d+\] one\n\S+ \[\d+\] two\n$/,
  );
  expect(modeOf(file)).toBe(0o600);
  expect(modeOf(path.dirname(file))).toBe(0o700);
});

it('the log keeps at most two files of limited size, with the newest lines', () => {
  const file = path.join(temporaryFolder('log'), 'relay.log');
  const log = createLogFile(file, 2000);
  for (let at = 0; at < 200; at++) log(`line ${at}`);
  const kept = [`${file}.1`, file].map((name) => readFileSync(name, 'utf8'));
  for (const text of kept) expect(text.length).toBeLessThan(2100);
  expect(kept.join('')).toMatch(/line 198\n.*line 199\n$/);
  expect(existsSync(`${file}.2`)).toBe(false);
});

it('the log removes the access of others to an existing file', () => {
  const file = path.join(temporaryFolder('log'), 'relay.log');
  writeFileSync(file, 'earlier\n', { mode: 0o644 });
  createLogFile(file)('later');
  expect(readFileSync(file, 'utf8')).toMatch(/^earlier\n.*later\n$/);
  expect(modeOf(file)).toBe(0o600);
});

it.each(['a file in place of a folder', 'a folder in place of the file', 'a device'])(
  'the log ignores an unusable path: %s',
  (what) => {
    const folder = temporaryFolder('log');
    const file = path.join(folder, 'sub', 'relay.log');
    if (what.startsWith('a file')) writeFileSync(path.join(folder, 'sub'), '');
    else if (what.startsWith('a folder')) mkdirSync(file, { recursive: true });
    else {
      mkdirSync(path.dirname(file));
      symlinkSync('/dev/full', file);
    }
    expect(() => createLogFile(file)('lost')).not.toThrow();
  },
);

let relay: RelayProcess;
afterEach(() => {
  relay?.child.kill('SIGKILL');
});

/** An address without a server. */
async function down() {
  const { url, close } = await listen(createServer());
  await close();
  return { VSECURE_URL: url, VSECURE_API_KEY: API_KEY };
}

it.runIf(process.platform === 'linux')(
  'the relay logs the same lines as on stderr, and stdout holds only JSON-RPC',
  async () => {
    const state = temporaryFolder('state');
    relay = startRelay({ ...(await down()), XDG_STATE_HOME: state });
    await relay.call(1, 'tools/list');
    relay.write('not json\n');
    await relay.response(null);
    relay.child.stdin.end();
    expect(await relay.exited).toBe(0);
    const file = readFileSync(path.join(state, 'vsecure/mcp-server-vsecure.log'), 'utf8');
    const printed = relay.stderr().trim().split('\n');
    expect(printed.length).toBeGreaterThanOrEqual(2);
    const logged = file
      .trim()
      .split('\n')
      .map((line) => line.replace(/^\S+ \[\d+\] /, ''));
    expect(logged.map((line) => `mcp-server-vsecure: ${line}`)).toEqual(printed);
    expect(messagesOf(relay.stdout())).toHaveLength(2);
    expect(file).not.toContain(API_KEY);
  },
);

it('the relay keeps working when it cannot write its log', async () => {
  const nowhere = path.join(temporaryFolder('state'), 'file');
  writeFileSync(nowhere, '');
  relay = startRelay({ ...(await down()), XDG_STATE_HOME: nowhere, HOME: nowhere });
  const answer = await relay.call(1, 'tools/list');
  expect(answer.error?.data?.reason).toBe('unreachable');
  relay.child.stdin.end();
  expect(await relay.exited).toBe(0);
  expect(relay.stderr()).toContain('does not answer');
});
