/** The Host names that the server accepts: those of HOST and PUBLIC_URL, loopback, and those in VSECURE_ALLOWED_HOSTS. */

import { networkInterfaces } from 'node:os';
import type { Config } from '../config.js';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

export function allowedHosts({
  http: { host, publicUrl, allowedHosts: configured },
}: Config): string[] {
  const ofPublicUrl = publicUrl ? [new URL(publicUrl).host, new URL(publicUrl).hostname] : [];
  return [...new Set([...LOOPBACK, ...addressesOf(host), ...ofPublicUrl, ...configured])];
}

/** A server that listens on every address accepts each IP address of this machine as Host, but no other name. */
function addressesOf(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [bracketed(host)];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => bracketed(address));
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);
