/**
 * Sends requests to configured addresses, and to nothing else: checks the URL, resolves its host name, and connects to exactly the address
 * that was checked. Protects against server-side request forgery (OWASP's cheat sheet of that name; Standard Webhooks, "Security").
 */

import { lookup as systemLookup } from 'node:dns/promises';
import http, { type RequestOptions } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { parseRetryAfter } from '../domain/retry-policy.js';
import { orTimeout, withTimeLimit } from './with-timeout.js';

export interface Egress {
  /** Checks the text of the URL. Undefined when it is allowed, else what is wrong with it. */
  check(url: string): string | undefined;
  /** Posts once, follows no redirect, and reads only the head of the answer. Rejects with EgressError. */
  post(url: string, request: Posting): Promise<Answer>;
}

export interface Posting {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** Of `Retry-After`. */
  readonly retryAfterMs?: number | undefined;
}

/** Nothing was sent, or it is unknown whether it was received. `code` is short and contains no address. */
export class EgressError extends Error {
  override readonly name = 'EgressError';

  readonly code: string;

  constructor(code: string) {
    super(code);
    this.code = code;
  }
}

/** All addresses of a host name. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export interface EgressParts {
  /** Base URLs of private receivers: vsecure may post to any URL below them, whatever its address. */
  readonly allowed: readonly string[];
  readonly resolve?: Resolve | undefined;
  /** Additional certificate authorities, PEM. */
  readonly ca?: string | undefined;
  /** Milliseconds for the whole request. */
  readonly timeoutMs?: number | undefined;
}

const TIMEOUT = 15_000;
const PORTS: readonly string[] = ['', '443', '8443'];

export function createEgress(parts: EgressParts): Egress {
  const { allowed, resolve = resolveAll, ca, timeoutMs = TIMEOUT } = parts;

  /** The address to connect to. Every address of the name must be public: a private one among them suggests an attack by DNS. */
  const resolvePublic = async (url: URL): Promise<string> => {
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
      return withTimeLimit(signal, timeoutMs, async (limited) => {
        const address = await orTimeout(resolvePublic(url), limited);
        if (address === undefined) throw new EgressError('timeout');
        return send(url, address, { ...posting, signal: limited }, ca);
      });
    },
  };
}

const resolveAll: Resolve = async (hostname) =>
  (await systemLookup(hostname, { all: true })).map(({ address }) => address);

/** `URL` has normalised every form of an IPv4 address (decimal, octal, hexadecimal). */
function problemOf(text: string, allowed: readonly string[]): string | undefined {
  if (!URL.canParse(text)) return 'is not a URL';
  const url = new URL(text);
  if (url.username || url.password) return 'must not contain a user name or password';
  if (isAllowed(url, allowed)) return undefined;
  if (url.protocol !== 'https:') return 'must begin with https://';
  if (!PORTS.includes(url.port)) return 'must use port 443 or 8443';
  const host = bareHost(url);
  if (isIP(host) ? !isPublic(host) : !isPublicName(host))
    return 'must be a public address; an operator can allow a private one with VSECURE_WEBHOOK_ALLOW';
  return undefined;
}

/** At least two labels, and no name that is reserved for private networks (RFC 6761, RFC 6762, RFC 9476). */
function isPublicName(host: string): boolean {
  const labels = host.split('.');
  const last = labels.at(-1) ?? '';
  return labels.length > 1 && !['', 'localhost', 'local', 'internal', 'alt', 'arpa'].includes(last);
}

/**
 * An allow-list: IPv4 that ipaddr.js calls unicast, and of IPv6 only 2000::/3, the one block that IANA assigns from. Without the
 * blocks of the special-purpose registries, which lead to private networks, to nowhere, or embed an IPv4 address.
 * https://www.iana.org/assignments/iana-ipv6-special-registry, https://www.iana.org/assignments/iana-ipv4-special-registry
 */
function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv6)
    return isIn(parsed, ['2000::/3']) && !isIn(parsed, SPECIAL_V6) && !isIsatap(parsed);
  return parsed.range() === 'unicast' && !isIn(parsed, SPECIAL_V4);
}

/** Azure serves its platform, keys of virtual machines included, at a public address. */
const SPECIAL_V4 = ['168.63.129.16/32'];
const SPECIAL_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20'];

const isIn = (address: ipaddr.IPv4 | ipaddr.IPv6, blocks: readonly string[]): boolean =>
  blocks.some((block) => {
    const [network, prefix] = ipaddr.parseCIDR(block);
    return network.kind() === address.kind() && address.match(network, prefix);
  });

/** RFC 5214, section 6.1: below any prefix, such an interface identifier leads to the IPv4 address in its last 32 bits. */
function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return (parts[4] === 0 || parts[4] === 0x200) && parts[5] === 0x5efe;
}

const bareHost = ({ hostname }: URL) => hostname.replace(/^\[(.*)\]$/, '$1');

/** The same origin and below its path. Refuses `%2f`, which the receiver could decode as a slash. */
export function isAllowed(url: URL, allowed: readonly string[]): boolean {
  if (/%(?:2f|5c)/i.test(url.pathname)) return false;
  return allowed.some((base) => {
    const { origin, pathname } = new URL(base);
    const folder = pathname.endsWith('/') ? pathname : `${pathname}/`;
    return url.origin === origin && (url.pathname === pathname || url.pathname.startsWith(folder));
  });
}

/** Uses a new connection to exactly the checked address. The host name and the certificate check stay those of the URL. */
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

/** Resolves every host name to this address. */
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
