/**
 * The only way out to addresses that somebody wrote down: what a URL may say, where its name may lead, and one request to exactly the
 * address that was looked at. Against server-side request forgery (OWASP's cheat sheet of that name; Standard Webhooks, "Security").
 */

import { lookup as systemLookup } from 'node:dns/promises';
import http, { type RequestOptions } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { parseRetryAfter } from '../domain/retry-policy.js';
import { unlessLate } from './with-timeout.js';

export interface Egress {
  /** By what the URL says: undefined, or what is wrong with it. */
  check(url: string): string | undefined;
  /** Posts once, follows nothing, and reads no more than the head of the answer. Rejects with EgressError. */
  post(url: string, request: Posting): Promise<Answer>;
}

export interface Posting {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** Of `Retry-After`, as far as it says seconds or a date. */
  readonly retryAfterMs?: number | undefined;
}

/** Nothing was sent, or nobody knows whether it was taken. `code` is short and holds no address. */
export class EgressError extends Error {
  override readonly name = 'EgressError';

  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export interface EgressParts {
  /** Base URLs of private receivers: whatever begins with one of them may be posted to, wherever it leads. */
  readonly allowed: readonly string[];
  readonly resolve?: Resolve | undefined;
  /** Further certificate authorities, PEM. */
  readonly ca?: string | undefined;
  /** Milliseconds for the whole exchange. */
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT = 15_000;
const PORTS: readonly string[] = ['', '443', '8443'];

export function createEgress(parts: EgressParts): Egress {
  const { allowed, resolve = resolveAll, ca, timeoutMs = TIMEOUT } = parts;

  /** The one address to connect to. Every address of the name has to be public: one that is not means that somebody plays with the name. */
  const pinned = async (url: URL): Promise<string> => {
    const host = bareHost(url);
    const addresses = isIP(host) ? [host] : await resolve(host).catch(() => []);
    const [first] = addresses;
    if (first === undefined) throw new EgressError('unknown_host');
    if (!isAllowed(url, allowed) && !addresses.every(isPublic))
      throw new EgressError('forbidden_address');
    return first;
  };

  return {
    check: (text) => problemOf(text, allowed),

    async post(text, { signal, ...posting }) {
      if (problemOf(text, allowed)) throw new EgressError('forbidden_address');
      const url = new URL(text);
      const late = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const address = await unlessLate(pinned(url), late);
      if (address === undefined) throw new EgressError('timeout');
      return send(url, address, { ...posting, signal: late }, ca);
    },
  };
}

const resolveAll: Resolve = async (hostname) =>
  (await systemLookup(hostname, { all: true })).map(({ address }) => address);

/** `URL` has read every odd form of an IPv4 address (decimal, octal, hexadecimal) as that address by now. */
function problemOf(text: string, allowed: readonly string[]): string | undefined {
  if (!URL.canParse(text)) return 'is not a URL';
  const url = new URL(text);
  if (url.username || url.password) return 'must not hold a user name or password';
  if (isAllowed(url, allowed)) return undefined;
  if (url.protocol !== 'https:') return 'must begin with https://';
  if (!PORTS.includes(url.port)) return 'may name the ports 443 and 8443 only';
  const host = bareHost(url);
  if (isIP(host) ? !isPublic(host) : !isPublicName(host))
    return 'must lead to a public address; an operator can allow a private one with VSECURE_WEBHOOK_ALLOW';
  return undefined;
}

/** Two labels at least, and no name that only a private network answers for (RFC 6761, RFC 6762, RFC 9476). */
function isPublicName(host: string): boolean {
  const labels = host.split('.');
  const last = labels.at(-1) ?? '';
  return labels.length > 1 && !['', 'localhost', 'local', 'internal', 'alt', 'arpa'].includes(last);
}

/** Also false for what stands for another address: mapped, NAT64, 6to4, Teredo. */
function isPublic(address: string): boolean {
  return (
    ipaddr.isValid(address) && ipaddr.process(address).range() === 'unicast' && !embedsV4(address)
  );
}

/** `::127.0.0.1`, the form for IPv4 addresses that RFC 4291 gave up; ipaddr.js takes it for an ordinary one. */
function embedsV4(address: string): boolean {
  if (isIP(address) !== 6) return false;
  const parsed = ipaddr.parse(address);
  return parsed instanceof ipaddr.IPv6 && parsed.parts.slice(0, 6).every((part) => part === 0);
}

const bareHost = ({ hostname }: URL) => hostname.replace(/^\[(.*)\]$/, '$1');

/** The same origin, and below its path; a slash that is spelled `%2f` could be read as one at the other end. */
export function isAllowed(url: URL, allowed: readonly string[]): boolean {
  if (/%(?:2f|5c)/i.test(url.pathname)) return false;
  return allowed.some((base) => {
    const { origin, pathname } = new URL(base);
    const folder = pathname.endsWith('/') ? pathname : `${pathname}/`;
    return url.origin === origin && (url.pathname === pathname || url.pathname.startsWith(folder));
  });
}

/** On a connection of its own, to the address that was looked at and no other; names and certificates stay those of the URL. */
function send(url: URL, address: string, posting: Posting, ca?: string): Promise<Answer> {
  const { headers, body, signal } = posting;
  const options: RequestOptions = {
    method: 'POST',
    headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    agent: false,
    lookup: lookupOnly(address),
    signal,
  };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? https.request(url, { ...options, ...(ca && { ca }) })
        : http.request(url, options);
    request.on('response', (response) => {
      resolve({
        status: response.statusCode ?? 0,
        retryAfterMs: parseRetryAfter(response.headers['retry-after'], Date.now()),
      });
      response.destroy();
    });
    request.on('error', (error) => reject(new EgressError(codeOf(error, signal))));
    request.end(body);
  });
}

/** Answers every question with this address. */
function lookupOnly(address: string): LookupFunction {
  const family = isIP(address);
  return (_hostname, options, callback) => {
    if (options.all) callback(null, [{ address, family }]);
    else callback(null, address, family);
  };
}

function codeOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted) return 'timeout';
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^[A-Z_]{3,40}$/.test(code) ? code.toLowerCase() : 'network';
}
