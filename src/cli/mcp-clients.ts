/** The AI tools that `mcp:config` knows: what each wants to be told, and in which file. */

import path from 'node:path';

/** The machine that the files are on. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

interface KnownClient {
  /** As people call it. */
  readonly title: string;
  /** What to do after the key is in, so that the tool sees it. */
  readonly lastStep: string;
}

/** A tool whose file is JSON, with all servers in one object by their names. */
export interface JsonClient extends KnownClient {
  readonly kind: 'json';
  readonly section: string;
  readonly entry: (url: string) => object;
  readonly file: (machine: Machine) => string;
}

/** A tool whose file is TOML. */
export interface TomlClient extends KnownClient {
  readonly kind: 'toml';
  readonly snippet: (url: string) => string;
  readonly file: (machine: Machine) => string;
}

/** A tool that is told by a command of its own. */
export interface CommandClient extends KnownClient {
  readonly kind: 'command';
  readonly command: (url: string) => string;
}

export type McpClient = JsonClient | TomlClient | CommandClient;

/** Stands where the key belongs: no command of ours writes a real one into a file. */
export const KEY_PLACEHOLDER = 'vsk_a_…';

/** What a tool starts that speaks stdio. The major version is pinned: it runs with the key. */
const RELAY = { command: 'npx', args: ['-y', 'mcp-server-vsecure@1'] };
const BEARER = `Bearer ${KEY_PLACEHOLDER}`;

const stdioEntry = (url: string) => ({
  ...RELAY,
  env: { VSECURE_URL: url, VSECURE_API_KEY: KEY_PLACEHOLDER },
});
const httpEntry = (url: string) => ({ url: `${url}/mcp`, headers: { Authorization: BEARER } });

/** Each file is the one of the user, as the tool's own documentation names it; none lies in a project. */
export const MCP_CLIENTS = {
  'claude-desktop': {
    kind: 'json',
    title: 'Claude Desktop',
    section: 'mcpServers',
    entry: stdioEntry,
    file: (machine) => inAppFolder(machine, 'Claude', 'claude_desktop_config.json'),
    lastStep: 'quit it and start it again',
  },
  'claude-code': {
    kind: 'command',
    title: 'Claude Code',
    command: (url) =>
      `claude mcp add --transport http vsecure "${url}/mcp" --header "Authorization: ${BEARER}"`,
    lastStep: 'look at it with /mcp',
  },
  cursor: {
    kind: 'json',
    title: 'Cursor',
    section: 'mcpServers',
    entry: httpEntry,
    file: ({ home }) => path.join(home, '.cursor', 'mcp.json'),
    lastStep: 'switch vsecure on in its settings under MCP',
  },
  vscode: {
    kind: 'json',
    title: 'VS Code',
    section: 'servers',
    entry: (url) => ({ type: 'http', ...httpEntry(url) }),
    file: (machine) => inAppFolder(machine, 'Code', 'User', 'mcp.json'),
    lastStep: 'start it with the command "MCP: List Servers"',
  },
  codex: {
    kind: 'toml',
    title: 'Codex',
    // JSON's strings and arrays of them are TOML's too, as long as they are ASCII or plain letters.
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
} as const satisfies Record<string, McpClient>;

/** Where applications keep what belongs to the user: the folder of each platform's own convention. */
function inAppFolder({ platform, home, env }: Machine, ...names: string[]): string {
  if (platform === 'darwin')
    return path.posix.join(home, 'Library', 'Application Support', ...names);
  if (platform === 'win32')
    return path.win32.join(env['APPDATA'] || path.win32.join(home, 'AppData', 'Roaming'), ...names);
  return path.posix.join(env['XDG_CONFIG_HOME'] || path.posix.join(home, '.config'), ...names);
}
