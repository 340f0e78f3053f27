/** What can go wrong between the relay and vsecure, and the sentence that explains it to the AI tool. */
import type { RequestId } from '@modelcontextprotocol/client';
import type { Effect } from './effect.js';

/** Why a message got no answer from vsecure. */
export type FaultReason =
  | 'unreachable'
  | 'untrusted_certificate'
  | 'broken_off'
  | 'silent'
  | 'key_refused'
  | 'forbidden'
  | 'not_found'
  | 'redirected'
  | 'too_large'
  | 'rate_limited'
  | 'server_error'
  | 'not_mcp'
  | 'internal';

export interface Fault {
  readonly reason: FaultReason;
  readonly message: string;
}

/** A JSON-RPC error that the relay itself writes. `id` is null when the message could not be read. */
export interface OwnError {
  readonly jsonrpc: '2.0';
  readonly id: RequestId | null;
  readonly error: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** JSON-RPC 2.0 section 5.1 leaves -32000 to -32099 to the implementation. MCP uses -32002 and -32020 to -32042. */
const FAULT_CODE = -32000;
const INTERNAL_CODE = -32603;

/** Builds a JSON-RPC error response. */
export function errorResponse(id: RequestId | null, error: OwnError['error']): OwnError {
  return { jsonrpc: '2.0', id, error };
}

/** The answer to a request that met a fault; `error.data.reason` names the fault for programs. */
export function faultResponse(id: RequestId, { reason, message }: Fault): OwnError {
  const code = reason === 'internal' ? INTERNAL_CODE : FAULT_CODE;
  return errorResponse(id, { code, message, data: { reason } });
}

/** Why no response came. Reads only error codes: an error message may quote the request. */
export function faultOfError(error: unknown, at: string, effect: Effect = 'none'): Fault {
  const code = codeOf(error) ?? '';
  if (NEVER_CONNECTED.has(code)) return unreachable(at);
  if (/CERT|TLS|SSL|SELF_SIGNED|UNABLE_TO_/.test(code)) return untrusted(at);
  if (TIMED_OUT.has(code)) return silent(at, effect);
  if (CUT.has(code)) return brokenOff(at, effect);
  return {
    reason: 'internal',
    message: `mcp-server-vsecure could not send the message to vsecure at ${at}: check VSECURE_URL`,
  };
}

/** The fault behind an HTTP status other than success. */
export function faultOfStatus(
  { status, headers }: Response,
  at: string,
  effect: Effect = 'none',
): Fault {
  if (status >= 300 && status < 400) return redirected(at);
  if (status >= 500) return { reason: 'server_error', message: brokenServer(status, at, effect) };
  switch (status) {
    case 401:
      return { reason: 'key_refused', message: KEY_REFUSED };
    case 403:
      return {
        reason: 'forbidden',
        message: `vsecure at ${at} refused the call (403): ${FORBIDDEN}`,
      };
    case 404:
    case 405:
      return {
        reason: 'not_found',
        message: `there is no MCP endpoint at ${at}/mcp: check VSECURE_URL`,
      };
    case 413:
      return { reason: 'too_large', message: `the message is too large for vsecure at ${at}` };
    case 429:
      return { reason: 'rate_limited', message: slowDown(headers.get('retry-after'), at) };
    default:
      return notMcp(at);
  }
}

/** The response was a success but no answer: the page of another server, or a body that is not JSON-RPC. */
export function notMcp(at: string): Fault {
  return {
    reason: 'not_mcp',
    message: `the server at ${at}/mcp does not speak MCP: set VSECURE_URL to the address of vsecure`,
  };
}

/** The request was sent and its answer was incomplete, so the relay cannot know whether the call took effect. */
export function brokenOff(at: string, effect: Effect): Fault {
  return {
    reason: 'broken_off',
    message: `the connection to vsecure at ${at} broke before the answer arrived: ${ADVICE[effect]}`,
  };
}

const ADVICE: Record<Effect, string> = {
  none: 'it changed nothing, so repeat it',
  possible:
    'the call may have taken effect, so check before you repeat it, or repeat it with the same idempotency_key',
};

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const TIMED_OUT = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
const CUT = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

const KEY_REFUSED = 'the API key was refused: check VSECURE_API_KEY (vsecure keys:list)';
const FORBIDDEN =
  'the API key may not do this, or the host in VSECURE_URL is not in VSECURE_ALLOWED_HOSTS of the server';

function unreachable(at: string): Fault {
  return {
    reason: 'unreachable',
    message: `vsecure at ${at} does not answer: start it with \`vsecure serve\`, or set VSECURE_URL`,
  };
}

function untrusted(at: string): Fault {
  return {
    reason: 'untrusted_certificate',
    message: `no trusted TLS connection to vsecure at ${at}: check VSECURE_URL and the certificate (NODE_EXTRA_CA_CERTS adds a private authority)`,
  };
}

function silent(at: string, effect: Effect): Fault {
  return {
    reason: 'silent',
    message: `vsecure at ${at} accepted the call but did not answer in time: ${ADVICE[effect]}`,
  };
}

function redirected(at: string): Fault {
  return {
    reason: 'redirected',
    message: `${at}/mcp redirects to another address, and the API key is not sent there: set VSECURE_URL to the final address`,
  };
}

function brokenServer(status: number, at: string, effect: Effect): string {
  const failed = `vsecure at ${at} failed (HTTP ${status}): see its log`;
  return effect === 'none' ? failed : `${failed}; ${ADVICE[effect]}`;
}

function slowDown(retryAfter: string | null, at: string): string {
  const wait = /^\d{1,5}$/.test(retryAfter ?? '') ? `${retryAfter} s` : 'a few seconds';
  return `vsecure at ${at} has received too many calls with this key: wait ${wait} and try again`;
}

/** The first system or undici error code in the chain of causes. */
export function codeOf(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause)
    if ('code' in at && typeof at.code === 'string') return at.code;
  return undefined;
}
