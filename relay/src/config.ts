/** Reads where vsecure is and who asks, from the environment; reports every problem at once and never a value. */

/** What the relay needs to know. */
export interface RelayConfig {
  /** The base address of vsecure; the relay posts to `<url>/mcp`. */
  readonly url: URL;
  readonly apiKey: string;
  /** Sentences for stderr about a configuration that works but should not stay so. */
  readonly warnings: readonly string[];
}

export type ConfigResult =
  | { readonly ok: true; readonly config: RelayConfig }
  | { readonly ok: false; readonly problems: readonly string[] };

export type Environment = Readonly<Record<string, string | undefined>>;

const DEFAULT_URL = 'http://127.0.0.1:3000';

/** Wide on purpose: the server checks the rest, and a newer key format must not need a newer relay. */
const API_KEY = /^vsk_[A-Za-z0-9_]{8,256}$/;
const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Reads `VSECURE_URL` (default `http://127.0.0.1:3000`) and `VSECURE_API_KEY`. Values are trimmed; empty means unset. */
export function readConfig(env: Environment): ConfigResult {
  const url = parseUrl(env['VSECURE_URL']?.trim() || DEFAULT_URL);
  const apiKey = env['VSECURE_API_KEY']?.trim() ?? '';
  const problems = [...urlProblems(url), ...apiKeyProblems(apiKey)];
  if (url === undefined || problems.length > 0) return { ok: false, problems };
  return { ok: true, config: { url, apiKey, warnings: warningsFor(url, apiKey) } };
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function urlProblems(url: URL | undefined): string[] {
  if (url === undefined) return ['VSECURE_URL is not a URL, such as https://vsecure.example.com'];
  const problems: string[] = [];
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    problems.push('VSECURE_URL must begin with http:// or https://');
  if (url.username || url.password)
    problems.push('VSECURE_URL must not contain a user name or password: use VSECURE_API_KEY');
  if (url.search || url.hash)
    problems.push(
      'VSECURE_URL must not contain a query or a fragment: only scheme, host, port, path',
    );
  return problems;
}

function apiKeyProblems(apiKey: string): string[] {
  if (apiKey === '')
    return ['VSECURE_API_KEY is not set: make a key with `vsecure keys:create --class agent`'];
  if (!API_KEY.test(apiKey))
    return ['VSECURE_API_KEY is not a vsecure key: it must begin with vsk_ and be copied whole'];
  return [];
}

function warningsFor(url: URL, apiKey: string): string[] {
  const warnings: string[] = [];
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname))
    warnings.push(
      'VSECURE_URL is plain http to another machine: the API key and secret values can be read on the way; use https',
    );
  if (apiKey.startsWith('vsk_h_'))
    warnings.push(
      "VSECURE_API_KEY is a person's key: whatever runs here could decide its own requests; use an agent key",
    );
  return warnings;
}
