/** One GET of `--check`: what is answered, or the sentence that says why not and how to mend it. */
import type { Server } from './exchange.js';
import { type Fault, faultOfError, faultOfStatus } from './fault.js';

export type Fields = Readonly<Record<string, unknown>>;

export type Probed =
  | { readonly ok: true; readonly status: number; readonly fields: Fields }
  | { readonly ok: false; readonly status: number | undefined; readonly problem: string };

/** Milliseconds for one question of `--check`: somebody sits and waits for the answer. */
export const PATIENCE_MS = 10_000;

/** How a question is asked. */
export interface Asking {
  /** Sends the key along: only to what has shown that it is vsecure. */
  readonly withKey?: boolean;
  /** A status other than success whose body is an answer too. */
  readonly alsoTakes?: number;
  readonly signal: AbortSignal;
}

/** Asks for a JSON object. Redirects are not followed. Never rejects. */
export async function probe(server: Server, path: string, asking: Asking): Promise<Probed> {
  const { at, apiKey } = server;
  try {
    const response = await fetch(`${at}${path}`, {
      headers: asking.withKey ? { authorization: `Bearer ${apiKey}` } : {},
      redirect: 'manual',
      signal: AbortSignal.any([asking.signal, AbortSignal.timeout(PATIENCE_MS)]),
    });
    const { status } = response;
    const fields = asFields(await response.text());
    if (!response.ok && status !== asking.alsoTakes)
      return { ok: false, status, problem: problemOfStatus(response, server) };
    if (fields === undefined) return { ok: false, status, problem: notVsecure(at) };
    return { ok: true, status, fields };
  } catch (error) {
    return { ok: false, status: undefined, problem: problemOfError(error, at) };
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

/** What answers in an unexpected way, or not in JSON, is another program. */
export function notVsecure(at: string): string {
  return `what answers at ${at} is not vsecure: set VSECURE_URL to its address`;
}

/** Why no answer came, for a person at a terminal. */
export function problemOfError(error: unknown, at: string): string {
  if (error instanceof Error && /^(Timeout|Abort)Error$/.test(error.name))
    return `${at} took the call and did not answer in ${PATIENCE_MS / 1000} s: look at the log of vsecure`;
  return faultOfError(error, at).message;
}

/** What a refusal means here, where nothing was asked of the key but to be known. */
export function problemOfStatus(response: Response, { at, endpoint }: Server): string {
  const { status } = response;
  if (status === 401) return KEY_REFUSED;
  if (status === 403)
    return `vsecure does not answer to the name ${endpoint.host} (403): add it to VSECURE_ALLOWED_HOSTS of the server, or set VSECURE_URL to a name that is there`;
  const fault: Fault = faultOfStatus(response, at);
  return fault.reason === 'not_found' || fault.reason === 'not_mcp'
    ? notVsecure(at)
    : fault.message;
}

const KEY_REFUSED =
  'it was refused: it is unknown, expired, revoked or suspended; ask an admin for another (vsecure keys:list, vsecure keys:create --class agent)';
