/** The AI tools that `mcp:config` supports: the configuration each one needs, and the file it belongs in. */

import path from 'node:path';

/** What decides where a configuration file is on this machine. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface KnownClient {
  /** Display name. */
  readonly title: string;
  /** What the user does after adding the key, so that the tool loads the configuration. */
  readonly lastStep: string;
}

/** A tool with a JSON file that lists servers by name in one object. */
export interface JsonClient extends KnownClient {
  readonly kind: 'json';
  readonly section: string;
  readonly entry: (url: string) => object;
  readonly file: (machine: Machine) => string;
}

/** A tool with a TOML file. */
export interface TomlClient extends KnownClient {
  readonly kind: 'toml';
  readonly snippet: (url: string) => string;
  readonly file: (machine: Machine) => string;
}

/** A tool that has its own command to add a server. */
export interface CommandClient extends KnownClient {
  readonly kind: 'command';
  readonly command: (url: string) => string;
}

export type McpClient = JsonClient | TomlClient | CommandClient;

/** A placeholder for the key: vsecure never writes a real key into another tool's file. */
export const KEY_PLACEHOLDER = 'vsk_a_…';

/** The command that a stdio tool starts. Its major version is pinned because the package runs with the key. */
const RELAY = { command: 'npx', args: ['-y', 'mcp-server-vsecure@1'] };
const BEARER = `Bearer ${KEY_PLACEHOLDER}`;

const stdioEntry = (url: string) => ({
  ...RELAY,
  env: { VSECURE_URL: url, VSECURE_API_KEY: KEY_PLACEHOLDER },
});
const httpEntry = (url: string) => ({ url: `${url}/mcp`, headers: { Authorization: BEARER } });

/** Each file is the per-user file named in the tool's own documentation, never a project file. */
export const MCP_CLIENTS = {
  'claude-desktop': {
    kind: 'json',
    title: 'Claude Desktop',
    section: 'mcpServers',
    entry: stdioEntry,
    file: (machine) => inAppFolder(machine, 'Claude', 'claude_desktop_config.json'),
    lastStep: 'quit and restart it',
  },
  'claude-code': {
    kind: 'command',
    title: 'Claude Code',
    command: (url) =>
      `claude mcp add --transport http vsecure "${url}/mcp" --header "Authorization: ${BEARER}"`,
    lastStep: 'run /mcp to check the connection',
  },
  cursor: {
    kind: 'json',
    title: 'Cursor',
    section: 'mcpServers',
    entry: httpEntry,
    file: ({ home }) => path.join(home, '.cursor', 'mcp.json'),
    lastStep: 'enable vsecure in Settings under MCP',
  },
  vscode: {
    kind: 'json',
    title: 'VS Code',
    section: 'servers',
    entry: (url) => ({ type: 'http', ...httpEntry(url) }),
    file: (machine) => inAppFolder(machine, 'Code', 'User', 'mcp.json'),
    lastStep: 'run the command "MCP: List Servers" and start vsecure',
  },
  codex: {
    kind: 'toml',
    title: 'Codex',
    // A JSON string is also a valid TOML string, as long as it holds ASCII or plain letters.
    snippet: (url) => `[mcp_servers.vsecure]
command = ${JSON.stringify(RELAY.command)}
args = ["${RELAY.args.join('", "')}"]

[mcp_servers.vsecure.env]
VSECURE_URL = ${JSON.stringify(url)}
VSECURE_API_KEY = ${JSON.stringify(KEY_PLACEHOLDER)}
`,
    file: ({ home, env }) =>
      path.join(env['CODEX_HOME'] || path.join(home, '.codex'), 'config.toml'),
    lastStep: 'start a new session',
  },
  windsurf: {
    kind: 'json',
    title: 'Windsurf',
    section: 'mcpServers',
    // It takes `url` for another transport.
    entry: (url) => ({ serverUrl: `${url}/mcp`, headers: { Authorization: BEARER } }),
    file: ({ home }) => path.join(home, '.codeium', 'windsurf', 'mcp_config.json'),
    lastStep: 'refresh the list of MCP servers',
  },
  zed: {
    kind: 'json',
    title: 'Zed',
    section: 'context_servers',
    entry: httpEntry,
    file: zedFile,
    lastStep: 'open the settings of the agent panel to check the connection',
  },
  'gemini-cli': {
    kind: 'json',
    title: 'Gemini CLI',
    section: 'mcpServers',
    // It takes `url` for another transport.
    entry: (url) => ({ httpUrl: `${url}/mcp`, headers: { Authorization: BEARER } }),
    file: ({ home }) => path.join(home, '.gemini', 'settings.json'),
    lastStep: 'start a new session and run /mcp to check the connection',
  },
  opencode: {
    kind: 'json',
    title: 'opencode',
    section: 'mcp',
    entry: (url) => ({ type: 'remote', enabled: true, oauth: false, ...httpEntry(url) }),
    file: ({ home, env }) =>
      path.join(env['XDG_CONFIG_HOME'] || path.join(home, '.config'), 'opencode', 'opencode.json'),
    lastStep: 'start a new session',
  },
  cline: {
    kind: 'json',
    title: 'Cline',
    section: 'mcpServers',
    entry: (url) => ({ type: 'streamableHttp', ...httpEntry(url) }),
    file: (machine) =>
      inAppFolder(
        machine,
        ...['Code', 'User', 'globalStorage', 'saoudrizwan.claude-dev', 'settings'],
        'cline_mcp_settings.json',
      ),
    lastStep: 'check the connection under MCP Servers',
  },
  'copilot-cli': {
    kind: 'json',
    title: 'Copilot CLI',
    section: 'mcpServers',
    entry: (url) => ({ type: 'http', ...httpEntry(url), tools: ['*'] }),
    file: ({ home }) => path.join(home, '.copilot', 'mcp-config.json'),
    lastStep: 'start a new session and run /mcp show to check the connection',
  },
} as const satisfies Record<string, McpClient>;

/** The configuration that most other tools take, by how they connect. */
export const OTHER_CLIENTS = {
  stdio: stdioEntry,
  http: (url: string) => ({ type: 'http', ...httpEntry(url) }),
} as const;

/** Zed keeps its settings in the same folder on macOS and Linux. */
function zedFile(machine: Machine): string {
  return machine.platform === 'win32'
    ? inAppFolder(machine, 'Zed', 'settings.json')
    : inAppFolder({ ...machine, platform: 'linux' }, 'zed', 'settings.json');
}

/** The per-user application folder of each platform. */
function inAppFolder({ platform, home, env }: Machine, ...names: string[]): string {
  if (platform === 'darwin')
    return path.posix.join(home, 'Library', 'Application Support', ...names);
  if (platform === 'win32')
    return path.win32.join(env['APPDATA'] || path.win32.join(home, 'AppData', 'Roaming'), ...names);
  return path.posix.join(env['XDG_CONFIG_HOME'] || path.posix.join(home, '.config'), ...names);
}
