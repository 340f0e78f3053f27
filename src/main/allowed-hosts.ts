/** The Host names that the server answers to: where it listens, where it is reached, and what was configured besides. */

import { networkInterfaces } from 'node:os';
import type { Config } from '../config.js';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

export function allowedHosts({ http: { host, publicUrl, allowedHosts: more } }: Config): string[] {
  const own = publicUrl ? [new URL(publicUrl).host, new URL(publicUrl).hostname] : [];
  return [...new Set([...LOOPBACK, ...bound(host), ...own, ...more])];
}

/** Listening on every address answers to the addresses that this machine has, not to any name. */
function bound(host: string): string[] {
  if (host !== '0.0.0.0' && host !== '::') return [bracketed(host)];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .map(({ address }) => bracketed(address));
}

const bracketed = (host: string) => (host.includes(':') ? `[${host}]` : host);
