/** The form of single settings. Messages say what to write, and never repeat a value. */

import { BlockList, isIP } from 'node:net';
import { z } from 'zod';
import { email } from './contract/fields.js';
import { Confidential } from './domain/confidential.js';

export const confidential = z.string().transform((text) => new Confidential(text));
export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);
export const tokenWithPrefix = (prefix: string) =>
  z
    .string()
    .startsWith(prefix, { error: `must start with ${prefix}` })
    .pipe(confidential);
export const url = (...protocols: string[]) =>
  z.string().refine((text) => protocols.includes(protocolOf(text)), {
    error: `must be a URL that starts with ${protocols.map((one) => `${one}//`).join(' or ')}`,
    abort: true,
  });
export const integer = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, { error: `must be a whole number from ${least} to ${most}` })
    .transform(Number)
    .refine((number) => number >= least && number <= most, {
      error: `must be a whole number from ${least} to ${most}`,
    });
/** The names of proxy-addr, an IP address or a CIDR range. https://expressjs.com/en/guide/behind-proxies.html */
const PROXY_NAMES = ['loopback', 'linklocal', 'uniquelocal'];

/** Bits. The widest ranges that are private: 10.0.0.0/8 and fc00::/7. */
const WIDEST_IPV4 = 8;
const WIDEST_IPV6 = 7;
/** An IPv6 range with this address contains every IPv4 address, or half of them. */
const FIRST_IPV4_MAPPED = '::ffff:0.0.0.0';

/** A wider range than a private one stands for all clients, which then choose their own address. */
function isProxy(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  if (PROXY_NAMES.includes(text)) return true;
  if (version === 0 || rest.length > 0) return false;
  if (prefix === undefined) return true;
  if (!/^\d{1,3}$/.test(prefix)) return false;
  const bits = Number(prefix);
  return version === 4 ? bits >= WIDEST_IPV4 && bits <= 32 : isIPv6Range(address, bits);
}

function isIPv6Range(address: string, bits: number): boolean {
  if (bits < WIDEST_IPV6 || bits > 128) return false;
  const range = new BlockList();
  range.addSubnet(address, bits, 'ipv6');
  return bits > 96 + WIDEST_IPV4 || !range.check(FIRST_IPV4_MAPPED, 'ipv6');
}

export const trustedProxies = list.refine((all) => all.every(isProxy), {
  error: `must name the proxies whose headers count: IP addresses, CIDR ranges no wider than 10.0.0.0/8 or fc00::/7, or ${PROXY_NAMES.join(', ')}`,
});

/** A name or an address to listen on. RFC 1123 host names; an IPv6 address is written without brackets. */
const HOST_NAME = /^(?!-)[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*$/;

export const host = z.string().refine((text) => isIP(text) !== 0 || HOST_NAME.test(text), {
  error: 'must be an IP address or a host name; write IPv6 addresses without brackets, like ::1',
});

/** What stands in a Host header (RFC 9110, section 7.2). Names of containers may have an underscore. */
const HOST_HEADER = /^(?:\[([0-9A-Fa-f:.]+)\]|(?!-)[\w-]{1,63}(?:\.[\w-]{1,63})*)(?::\d{1,5})?$/;

function isHostHeader(text: string): boolean {
  const [found, ipv6] = HOST_HEADER.exec(text) ?? [];
  return found !== undefined && (ipv6 === undefined || isIP(ipv6) === 6);
}

/** A pattern or a URL would never equal a Host header, so it would allow nothing. */
export const allowedHosts = list.refine((all) => all.every(isHostHeader), {
  error:
    'must be names or addresses, each with or without a port, separated by commas: vsecure.example.com, 10.0.0.5:3000 or [::1]; no URL and no *',
});

/** What node-postgres understands. https://node-postgres.com/features/ssl */
const SSL_MODES = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];

/** What is wrong with the address of a database, or undefined. Never repeats a part of it. */
function databaseUrlProblem(text: string): string | undefined {
  const { username, password, hostname, pathname, searchParams } = new URL(text);
  if (![username, password, hostname, pathname].every(isPercentEncoded))
    return 'contains a % that is not followed by two hexadecimal digits: write %25 for a % in the user, password, host or database name';
  const mode = searchParams.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode))
    return `sslmode must be one of ${SSL_MODES.join(', ')}`;
  return undefined;
}

function isPercentEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

export const databaseUrl = url('postgres:', 'postgresql:')
  .check(({ value, issues }) => {
    const message = databaseUrlProblem(value);
    if (message) issues.push({ code: 'custom', input: '', message });
  })
  .pipe(confidential);

export const smtpUrl = url('smtp:', 'smtps:')
  .refine((text) => new URL(text).hostname !== '', {
    error: 'must name a host, like smtps://mail.example.com',
    abort: true,
  })
  .refine((text) => [new URL(text).username, new URL(text).password].every(isPercentEncoded), {
    error:
      'contains a % that is not followed by two hexadecimal digits: write %25 for a % in the user or password',
  })
  .pipe(confidential);

/** The address under which others reach this server, as an origin (RFC 6454): its paths are fixed. */
export const publicUrl = url('http:', 'https:')
  .refine((text) => isHttpUrl(text) && new URL(text).pathname === '/', {
    error:
      'must be a scheme and a host only, like https://vsecure.example.com: no user name, path, query or fragment',
  })
  .transform((text) => new URL(text).origin);

/** By the rule for every other address: an address with a letter outside ASCII could never be typed to log in. */
export const adminEmail = z.string().refine((text) => email.safeParse(text).success, {
  error: 'must be an e-mail address, like admin@example.com',
});

/** A base URL that carries no credentials. */
export function isHttpUrl(text: string): boolean {
  if (!['http:', 'https:'].includes(protocolOf(text))) return false;
  const { username, password, search, hash } = new URL(text);
  return [username, password, search, hash].every((part) => part === '');
}

const protocolOf = (text: string) => (URL.canParse(text) ? new URL(text).protocol : '');

export function isLoopback(text: string): boolean {
  return URL.canParse(text) && ['127.0.0.1', 'localhost', '[::1]'].includes(new URL(text).hostname);
}
