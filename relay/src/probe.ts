/** One GET of `--check`: the answer, or a sentence that says why there is none and how to fix it. */
import type { Server } from './exchange.js';
import { type Fault, faultOfError, faultOfStatus } from './fault.js';

export type Fields = Readonly<Record<string, unknown>>;

export type Probed =
  | { readonly ok: true; readonly status: number; readonly fields: Fields }
  | { readonly ok: false; readonly status: number | undefined; readonly problem: string };

/** Milliseconds for one request of `--check`: a person waits for the answer at a terminal. */
export const CHECK_TIMEOUT_MS = 10_000;

export interface ProbeOptions {
  /** Sends the key. Set it only for a server that has identified itself as vsecure. */
  readonly withKey?: boolean;
  /** A status other than success whose body is an answer too. */
  readonly alsoTakes?: number;
  readonly signal: AbortSignal;
}

/** Gets a JSON object. Does not follow redirects. Never rejects. */
export async function probe(server: Server, path: string, options: ProbeOptions): Promise<Probed> {
  const { at, apiKey } = server;
  const late = new AbortController();
  // Not AbortSignal.timeout: Node 20 may collect it as garbage when only AbortSignal.any refers to it.
  const timer = setTimeout(() => late.abort(), CHECK_TIMEOUT_MS);
  try {
    const response = await fetch(`${at}${path}`, {
      headers: options.withKey ? { authorization: `Bearer ${apiKey}` } : {},
      redirect: 'manual',
      signal: AbortSignal.any([options.signal, late.signal]),
    });
    const { status } = response;
    const fields = asFields(await response.text());
    if (!response.ok && status !== options.alsoTakes)
      return { ok: false, status, problem: problemOfStatus(response, server) };
    if (fields === undefined) return { ok: false, status, problem: notVsecure(at) };
    return { ok: true, status, fields };
  } catch (error) {
    return { ok: false, status: undefined, problem: problemOfError(error, at) };
  } finally {
    clearTimeout(timer);
  }
}

function asFields(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** For a server that answers in an unexpected way or without JSON: it must be another program. */
export function notVsecure(at: string): string {
  return `the server at ${at} is not vsecure: set VSECURE_URL to the address of vsecure`;
}

/** Why there was no answer, for a person at a terminal. */
export function problemOfError(error: unknown, at: string): string {
  if (error instanceof Error && /^(Timeout|Abort)Error$/.test(error.name))
    return `${at} accepted the request but did not answer within ${CHECK_TIMEOUT_MS / 1000} s: see the log of vsecure`;
  return faultOfError(error, at).message;
}

/** What a refusal means for `--check`, whose requests need no scope. */
export function problemOfStatus(response: Response, { at, endpoint }: Server): string {
  const { status } = response;
  if (status === 401) return KEY_REFUSED;
  if (status === 403)
    return `vsecure does not accept the host name ${endpoint.host} (403): add it to VSECURE_ALLOWED_HOSTS on the server, or set VSECURE_URL to a name in that list`;
  const fault: Fault = faultOfStatus(response, at);
  return fault.reason === 'not_found' || fault.reason === 'not_mcp'
    ? notVsecure(at)
    : fault.message;
}

const KEY_REFUSED =
  'refused: the key is unknown, expired, revoked or suspended; ask an admin for a new one (vsecure keys:list, vsecure keys:create --class agent)';
