/** A connection to a checked address is still to the host of the URL: by its certificate, its SNI and its Host header. */

import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createEgress } from '../../src/notify/egress.js';

let server: Server;
let cert: string;
let port: number;
let came: { readonly sni: unknown; readonly host: string | undefined }[];

beforeAll(async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vsecure-tls-'));
  const [keyFile, certFile] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const subject = ['-subj', '/CN=receiver.example.com'];
  const names = ['-addext', 'subjectAltName=DNS:receiver.example.com'];
  const fresh = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  const files = ['-keyout', keyFile, '-out', certFile];
  execFileSync('openssl', [...fresh, ...files, ...subject, ...names], { stdio: 'pipe' });
  cert = readFileSync(certFile, 'utf8');
  server = createServer({ key: readFileSync(keyFile), cert }, (req, res) => {
    came.push({ sni: (req.socket as TLSSocket).servername, host: req.headers.host });
    res.writeHead(204).end();
  });
  rmSync(folder, { recursive: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => void server.close());
beforeEach(() => {
  came = [];
});

function post(host: string, ca?: string) {
  const url = `https://${host}:${port}/hook`;
  const resolve = async () => ['127.0.0.1'];
  const egress = createEgress({ allowed: [url], resolve, ca, timeoutMs: 3000 });
  return egress.post(url, { headers: {}, body: '{}', signal: new AbortController().signal });
}

test('the connection uses the host name of the URL', async () => {
  expect((await post('receiver.example.com', cert)).status).toBe(204);
  expect(came).toEqual([{ sni: 'receiver.example.com', host: `receiver.example.com:${port}` }]);
});

test('a server with a certificate for another name receives nothing', async () => {
  const code = { code: 'err_tls_cert_altname_invalid' };
  await expect(post('other.example.com', cert)).rejects.toMatchObject(code);
  expect(came).toEqual([]);
});

test('a server with an untrusted certificate receives nothing', async () => {
  await expect(post('receiver.example.com')).rejects.toMatchObject({
    code: 'depth_zero_self_signed_cert',
  });
  expect(came).toEqual([]);
});
