/** Reads the address of vsecure and the API key from the environment. Reports every problem at once, and never a value. */
import { type Environment, readKey } from './key-source.js';

/** The configuration of the relay. */
export interface RelayConfig {
  /** The base address of vsecure; the relay posts to `<url>/mcp`. */
  readonly url: URL;
  readonly apiKey: string;
  /** Sentences for stderr about a configuration that works but is unsafe. */
  readonly warnings: readonly string[];
}

export type ConfigResult =
  | { readonly ok: true; readonly config: RelayConfig }
  | { readonly ok: false; readonly problems: readonly string[] };

const DEFAULT_URL = 'http://127.0.0.1:3000';

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Reads `VSECURE_URL` (default `http://127.0.0.1:3000`) and the key from `VSECURE_API_KEY`, `VSECURE_API_KEY_FILE` or
 * `VSECURE_API_KEY_COMMAND`. Values are trimmed; an empty value counts as unset. `signal` stops the command. Never rejects.
 */
export async function readConfig(env: Environment, signal?: AbortSignal): Promise<ConfigResult> {
  const url = parseUrl(env['VSECURE_URL']?.trim() || DEFAULT_URL);
  const key = await readKey(env, signal);
  const problems = [...urlProblems(url), ...(key.ok ? [] : [key.problem])];
  if (url === undefined || !key.ok || problems.length > 0) return { ok: false, problems };
  const { apiKey } = key;
  return { ok: true, config: { url, apiKey, warnings: warningsFor(url, apiKey) } };
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function urlProblems(url: URL | undefined): string[] {
  if (url === undefined)
    return ['VSECURE_URL is not a URL; use one such as https://vsecure.example.com'];
  const problems: string[] = [];
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    problems.push('VSECURE_URL must begin with http:// or https://');
  if (url.username || url.password)
    problems.push('VSECURE_URL must not contain a user name or password: use VSECURE_API_KEY');
  if (url.search || url.hash)
    problems.push(
      'VSECURE_URL must not contain a query or a fragment: use only scheme, host, port and path',
    );
  if (/\/mcp\/*$/.test(url.pathname))
    problems.push('VSECURE_URL must not end in /mcp, which is added to it: leave /mcp out');
  return problems;
}

function warningsFor(url: URL, apiKey: string): string[] {
  const warnings: string[] = [];
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
    warnings.push(
      'VSECURE_URL is plain http to another machine: the API key and secret values can be read on the network; use https',
    );
  if (apiKey.startsWith('vsk_h_'))
    warnings.push(
      "the API key is a person's key: a program with this key could decide its own requests; use an agent key",
    );
  return warnings;
}
