/** The bytes of a value are overwritten once they are stored, or are in the one reply. SECURITY.md says what is not. */

import { afterEach, expect, onTestFinished, test } from 'vitest';
import type { Vault } from '../../src/ports/index.js';
import { createSeals } from '../../src/usecases/notifications/receiver-settings.js';
import { encodeValue } from '../../src/usecases/secrets/encode-value.js';
import { startServing } from '../http/serving.js';
import { call, startEndpoint } from '../mcp/endpoint.js';
import { buildServices, DATABASE_URL, type Services, unwrap } from '../support/services.js';
import { approvedGrant } from './short-grants.js';

const VALUE = 'postgres://user:hunter2@db/production';

let services: Services;
afterEach(() => services.close());

/** A vault that remembers every plain text that passes through it. */
function remembering(vault: Vault, plain: Uint8Array[]): Vault {
  return {
    seal(value, place) {
      plain.push(value);
      return vault.seal(value, place);
    },
    open(sealed, place) {
      const value = vault.open(sealed, place);
      plain.push(value);
      return value;
    },
  };
}

async function build() {
  const plain: Uint8Array[] = [];
  services = await buildServices({
    change: (parts) => ({ ...parts, vault: remembering(parts.vault, plain) }),
  });
  await services.policy({ permissions: ['read', 'write'] });
  return plain;
}

const wiped = (plain: readonly Uint8Array[]) =>
  plain.map((bytes) => bytes.length > 0 && bytes.every((byte) => byte === 0));

test('the bytes of a value are overwritten after each write and each read, over REST and MCP', async () => {
  const plain = await build();
  const { caller, token } = await services.agent();
  const rest = await startServing(services);
  const endpoint = await startEndpoint({ useCases: services.useCases, keys: { agent: caller } });
  onTestFinished(async () => {
    await endpoint.close();
    await rest.close();
  });
  const send = async (method: string, path: string, key: string, body?: object) => {
    const { status, json } = await rest.api(method, path, { token: key, body });
    expect({ status, json }).toMatchObject({ status: 200 });
    return json;
  };

  const stored = { path: DATABASE_URL, value: VALUE };
  await send('PUT', '/secrets', services.adminToken, stored);
  for (const operation of ['read', 'write'] as const)
    await approvedGrant(services, caller, { resources: [DATABASE_URL], operation });
  const read = await send('GET', `/secrets/value?path=${encodeURIComponent(DATABASE_URL)}`, token);
  expect(read).toMatchObject({ value: VALUE });
  const client = await endpoint.client('agent', 'v2 pinned');
  const overMcp = await call(client, 'read-secret', { resource: DATABASE_URL });
  expect(overMcp.structured).toMatchObject({ value: VALUE });
  const changed = await call(client, 'update-secret', { resource: DATABASE_URL, value: 'another' });
  expect(changed.isError).toBe(false);
  expect(wiped(plain)).toEqual([true, true, true, true]);
});

test('the bytes of a receiver’s settings are overwritten after they are sealed and opened', async () => {
  const plain = await build();
  const seals = createSeals(services.vault, services.installation);
  const settings = { webhookUrl: 'https://hooks.example.com/x' };
  const sealed = seals.seal('webhook', 1, settings);
  expect(seals.open('webhook', { version: 1, sealed })).toEqual(settings);
  expect(wiped(plain)).toEqual([true, true]);
});

test('bytes that are no text are overwritten too, and another buffer is left alone', async () => {
  await build();
  const memory = Buffer.from([1, 2, 0xff, 0xfe, 3]);
  expect(encodeValue(memory.subarray(2, 4))).toEqual({ value: '//4=', encoding: 'base64' });
  expect([...memory]).toEqual([1, 2, 0, 0, 3]);
});

test('the bytes of a value stay in memory in a build that encodes them without overwriting', async () => {
  const plain = await build();
  const { caller } = await services.agent();
  await services.secret(VALUE);
  await approvedGrant(services, caller, { resources: [DATABASE_URL] });
  const { value } = unwrap(await services.useCases.readSecret(caller, { resource: DATABASE_URL }));
  Buffer.from(value).toString();
  expect(wiped(plain).at(-1)).toBe(false);
});
