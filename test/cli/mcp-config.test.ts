/** `mcp:config` never writes a real key and never damages the settings that a tool already has. */

import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { type Machine, MCP_CLIENTS } from '../../src/cli/mcp-clients.js';
import { withJsonServer, withTomlServer } from '../../src/cli/settings-text.js';
import { temporaryFolder } from '../support/folder.js';
import { type Ended, startCommand, vsecure } from '../support/vsecure.js';

const KEY = 'vsk_a_Zk3vQ9xT1b_CanaryCanaryCanaryCanaryCanaryCanary0123456789';

let home: string;
beforeEach(() => {
  home = temporaryFolder('home');
});

async function config(argv: string[], env: Record<string, string> = {}): Promise<Ended> {
  const ran = await vsecure(['mcp:config', ...argv], {
    env: { HOME: home, VSECURE_API_KEY: KEY, ...env },
  });
  expect(ran.stdout + ran.stderr).not.toContain(KEY);
  return ran;
}

const cursorFile = () => path.join(home, '.cursor/mcp.json');

function given(file: string, text: string, mode = 0o600): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  chmodSync(file, mode);
}

const backups = (file: string) =>
  readdirSync(path.dirname(file)).filter((name) => name.endsWith('.bak'));

describe('mcp:config', () => {
  test.each([
    ['claude-desktop', ['mcpServers', 'vsecure', 'env', 'VSECURE_API_KEY'], 'vsk_a_…'],
    ['cursor', ['mcpServers', 'vsecure', 'url'], 'https://v.example.com/mcp'],
    ['vscode', ['servers', 'vsecure', 'headers', 'Authorization'], 'Bearer vsk_a_…'],
    ['windsurf', ['mcpServers', 'vsecure', 'serverUrl'], 'https://v.example.com/mcp'],
    ['zed', ['context_servers', 'vsecure', 'url'], 'https://v.example.com/mcp'],
    ['gemini-cli', ['mcpServers', 'vsecure', 'httpUrl'], 'https://v.example.com/mcp'],
    ['opencode', ['mcp', 'vsecure', 'type'], 'remote'],
    ['cline', ['mcpServers', 'vsecure', 'type'], 'streamableHttp'],
    ['copilot-cli', ['mcpServers', 'vsecure', 'headers', 'Authorization'], 'Bearer vsk_a_…'],
  ])('prints only JSON to stdout for %s', async (client, keys, expected) => {
    const { exit, stdout, stderr } = await config([client], {
      VSECURE_URL: 'https://v.example.com/',
    });
    expect(exit).toBe(0);
    const found = keys.reduce((at, name) => at[name], JSON.parse(stdout));
    expect(found).toBe(expected);
    expect(stdout).toContain('vsk_a_…');
    expect(stderr).toContain(`keys:create --name ${client}`);
    expect(readdirSync(home)).toEqual([]);
  });

  test('prints a command for Claude Code, even with --write, and TOML for Codex', async () => {
    for (const argv of [['claude-code'], ['claude-code', '--write']]) {
      const { exit, stdout } = await config(argv);
      expect(exit).toBe(0);
      expect(stdout).toBe(
        'claude mcp add --transport http vsecure "http://127.0.0.1:3000/mcp" --header "Authorization: Bearer vsk_a_…"\n',
      );
    }
    const { stdout } = await config(['codex']);
    expect(stdout).toBe(`[mcp_servers.vsecure]
command = "npx"
args = ["-y", "mcp-server-vsecure@1"]

[mcp_servers.vsecure.env]
VSECURE_URL = "http://127.0.0.1:3000"
VSECURE_API_KEY = "vsk_a_…"
`);
    expect(readdirSync(home)).toEqual([]);
  });

  test('prints what any other tool needs, by its transport, and writes nothing', async () => {
    const entry = async (transport: string) => {
      const { exit, stdout, stderr } = await config(['--print', transport]);
      expect(exit).toBe(0);
      expect(stderr).toContain('keys:create');
      return JSON.parse(stdout).mcpServers.vsecure;
    };
    expect(await entry('stdio')).toEqual(
      MCP_CLIENTS['claude-desktop'].entry('http://127.0.0.1:3000'),
    );
    expect(await entry('http')).toMatchObject({ url: 'http://127.0.0.1:3000/mcp' });
    for (const argv of [
      [],
      ['--print', 'pigeon'],
      ['cursor', '--print', 'http'],
      ['--print', 'http', '--write'],
    ])
      expect(await config(argv)).toMatchObject({ exit: 2, stdout: '' });
    expect(readdirSync(home)).toEqual([]);
  });

  test('says how to start the same program without npm wherever the configuration names a package, and nowhere else', async () => {
    for (const argv of [['claude-desktop'], ['codex', '--write'], ['--print', 'stdio']]) {
      const { stderr } = await config(argv);
      const local = JSON.parse(/use this program instead.*?: (\{.*\})$/m.exec(stderr)?.[1] ?? '');
      const help = await startCommand([local.command, ...local.args, '--help'], {}).ended;
      expect(help).toMatchObject({ exit: 0, stdout: expect.stringContaining('vsecure mcp') });
    }
    for (const argv of [['cursor'], ['--print', 'http']])
      expect((await config(argv)).stderr).not.toContain('npm');
  });

  test('refuses an unknown tool or an invalid address as wrong usage, and never repeats the address', async () => {
    expect(await config(['emacs'])).toMatchObject({ exit: 2, stdout: '' });
    for (const url of [
      'x"; rm -rf ~; "',
      'http://ana:hunter2@host',
      'https://host/?token=hunter2',
    ]) {
      const { exit, stdout, stderr } = await config(['claude-code'], { VSECURE_URL: url });
      expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
      expect(stderr).not.toMatch(/hunter2|rm -rf/);
    }
  });
});

describe('mcp:config --write', () => {
  test('creates a file that only its owner can read', async () => {
    const { exit, stdout } = await config(['cursor', '--write']);
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: `Wrote ${cursorFile()}\n` });
    expect(statSync(cursorFile()).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(cursorFile(), 'utf8'))).toEqual({
      mcpServers: { vsecure: MCP_CLIENTS.cursor.entry('http://127.0.0.1:3000') },
    });
    expect(readdirSync(path.dirname(cursorFile()))).toEqual(['mcp.json']);
  });

  test('keeps existing settings, saves a backup, and warns when other users can read the file', async () => {
    const before =
      '{\n\t"theme": "dark",\n\t"mcpServers": {\n\t\t"other": {"command": "x"}\n\t}\n}\n';
    given(cursorFile(), before, 0o644);
    const { exit, stderr } = await config(['cursor', '--write']);
    expect(exit).toBe(0);
    expect(stderr).toContain('chmod 600');
    const after = readFileSync(cursorFile(), 'utf8');
    expect(JSON.parse(after)).toMatchObject({
      theme: 'dark',
      mcpServers: { other: { command: 'x' }, vsecure: { url: 'http://127.0.0.1:3000/mcp' } },
    });
    expect(after).toMatch(/^\{\n\t"theme"/);
    expect(statSync(cursorFile()).mode & 0o777).toBe(0o644);
    const [backup, ...more] = backups(cursorFile());
    expect(more).toEqual([]);
    expect(readFileSync(path.join(path.dirname(cursorFile()), backup ?? ''), 'utf8')).toBe(before);
  });

  test.each([
    ['a comment', '{\n  // mine\n  "mcpServers": {}\n}', 'not valid JSON'],
    ['half a file', '{"mcpServers": {', 'not valid JSON'],
    ['a list', '[]', 'not a JSON object'],
    ['another kind of servers', '{"mcpServers": []}', 'not an object'],
    ['a vsecure with a key', `{"mcpServers": {"vsecure": {"key": "${KEY}"}}}`, 'already'],
  ])('refuses a file with %s and leaves it unchanged', async (_name, before, why) => {
    given(cursorFile(), before);
    const { exit, stdout, stderr } = await config(['cursor', '--write']);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
    expect(stderr).toContain(why);
    expect(stderr).toContain(cursorFile());
    expect(readFileSync(cursorFile(), 'utf8')).toBe(before);
    expect(backups(cursorFile())).toEqual([]);
  });

  test('keeps a symbolic link', async () => {
    const real = path.join(home, 'dotfiles', 'mcp.json');
    given(real, '{}');
    mkdirSync(path.dirname(cursorFile()));
    symlinkSync(real, cursorFile());
    expect((await config(['cursor', '--write'])).exit).toBe(0);
    expect(lstatSync(cursorFile()).isSymbolicLink()).toBe(true);
    expect(readFileSync(real, 'utf8')).toContain('"vsecure"');
  });

  test('appends the Codex table only once', async () => {
    const file = path.join(home, 'codex', 'config.toml');
    const before = 'model = "x"\n\n[projects."/home/ana/vsecure"]\ntrust_level = "trusted"';
    given(file, before);
    const CODEX_HOME = path.dirname(file);
    expect((await config(['codex', '--write'], { CODEX_HOME })).exit).toBe(0);
    const after = readFileSync(file, 'utf8');
    expect(after).toBe(`${before}\n\n${MCP_CLIENTS.codex.snippet('http://127.0.0.1:3000')}`);
    const again = await config(['codex', '--write'], { CODEX_HOME });
    expect(again).toMatchObject({ exit: 1, stderr: expect.stringContaining('already') });
    expect(readFileSync(file, 'utf8')).toBe(after);
    expect(existsSync(path.join(home, '.codex'))).toBe(false);
  });
});

test.each([
  '[mcp_servers.vsecure]',
  ' [ mcp_servers . "vsecure" ]',
  '[mcp_servers.vsecure.env]',
  'mcp_servers.vsecure = { command = "x" }',
  "mcp_servers.'vsecure'.command = 'x'",
  '[mcp_servers]\nvsecure = { command = "x" }',
  '[mcp_servers]\nvsecure.command = "x"',
  'mcp_servers = { other = { command = "x" } }',
])('TOML that already contains %j is refused', (text) => {
  expect(() => withTomlServer(`a = 1\n${text}\n`, 'never')).toThrow('Nothing was changed');
});

test('adding vsecure to a JSON file changes no other setting', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.constantFrom(undefined, 2, 4, '\t'),
      fc.constantFrom('', '\uFEFF'),
      (rest, servers, indent, bom) => {
        fc.pre(!Object.hasOwn(servers, 'vsecure'));
        const before = { ...rest, mcpServers: servers };
        const text = bom + JSON.stringify(before, null, indent);
        const after = withJsonServer(text, 'mcpServers', { url: 'x' });
        expect(after.startsWith('\uFEFF')).toBe(bom !== '');
        // Texts are compared: as objects, a `__proto__` of the file could hide.
        const expected = { ...before, mcpServers: { ...servers, vsecure: { url: 'x' } } };
        expect(JSON.stringify(JSON.parse(after.replace('\uFEFF', '')))).toBe(
          JSON.stringify(JSON.parse(JSON.stringify(expected))),
        );
      },
    ),
  );
});

test('the line breaks and the final line break of a file keep their style', () => {
  const after = withJsonServer('{\r\n    "a": 1\r\n}\r\n', 'servers', {});
  expect(after).toBe(
    '{\r\n    "a": 1,\r\n    "servers": {\r\n        "vsecure": {}\r\n    }\r\n}\r\n',
  );
  expect(withJsonServer(' \n', 's', {})).toBe('{\n  "s": {\n    "vsecure": {}\n  }\n}\n');
});

test.each<[keyof typeof FILES, Machine['platform'], Machine['env'], string]>([
  [
    'claude-desktop',
    'darwin',
    {},
    '/h/Library/Application Support/Claude/claude_desktop_config.json',
  ],
  ['claude-desktop', 'linux', {}, '/h/.config/Claude/claude_desktop_config.json'],
  ['claude-desktop', 'win32', { APPDATA: 'C:\\A' }, 'C:\\A\\Claude\\claude_desktop_config.json'],
  ['vscode', 'darwin', {}, '/h/Library/Application Support/Code/User/mcp.json'],
  ['vscode', 'linux', { XDG_CONFIG_HOME: '/x' }, '/x/Code/User/mcp.json'],
  ['vscode', 'win32', { APPDATA: 'C:\\A' }, 'C:\\A\\Code\\User\\mcp.json'],
  ['zed', 'darwin', {}, '/h/.config/zed/settings.json'],
  ['zed', 'win32', { APPDATA: 'C:\\A' }, 'C:\\A\\Zed\\settings.json'],
  ['opencode', 'linux', {}, '/h/.config/opencode/opencode.json'],
  ['windsurf', 'linux', {}, '/h/.codeium/windsurf/mcp_config.json'],
  ['gemini-cli', 'linux', {}, '/h/.gemini/settings.json'],
  ['copilot-cli', 'darwin', {}, '/h/.copilot/mcp-config.json'],
  [
    'cline',
    'linux',
    {},
    '/h/.config/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json',
  ],
])('the file of %s on %s with %j is %s', (client, platform, env, expected) => {
  expect(FILES[client]({ platform, home: '/h', env })).toBe(expected);
});

const FILES = {
  'claude-desktop': MCP_CLIENTS['claude-desktop'].file,
  vscode: MCP_CLIENTS.vscode.file,
  zed: MCP_CLIENTS.zed.file,
  opencode: MCP_CLIENTS.opencode.file,
  windsurf: MCP_CLIENTS.windsurf.file,
  'gemini-cli': MCP_CLIENTS['gemini-cli'].file,
  'copilot-cli': MCP_CLIENTS['copilot-cli'].file,
  cline: MCP_CLIENTS.cline.file,
};
