/** A packed server that contains only the people and keys of the samples. */

import path from 'node:path';
import { VSecureClient } from '../../src/sdk/index.js';
import { testDatabase } from '../support/database.js';
import { packed } from '../support/packed.js';
import { startVsecure } from '../support/server.js';
import { buildServices, DATABASE_URL, REASON } from '../support/services.js';

export type Scene = Awaited<ReturnType<typeof openScene>>;
export type Who = 'admin' | 'alice' | 'agent';

/** Bob owns the AI tool `claude-desktop`; Alice decides. `env`: additional server settings. */
export async function openScene(env: Readonly<Record<string, string>> = {}) {
  const database = await testDatabase();
  const services = await buildServices({ database });
  const { modules } = await packed();
  const vsecure = [process.execPath, path.join(modules, 'vsecure/dist/src/bin.js')] as const;
  const server = await startVsecure({ database, masterKey: services.masterKeyText, vsecure, env });
  const as = (apiKey: string) => ({
    client: new VSecureClient({ url: server.url, apiKey }),
    env: { VSECURE_URL: server.url, VSECURE_API_KEY: apiKey },
  });
  return {
    admin: as(services.adminToken),
    alice: as((await services.human('alice@example.com')).token),
    agent: as((await services.agent()).token),
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await services.close();
    },
  };
}

/** The AI tool requests this production secret without waiting for the decision. */
export async function requestRead({ agent }: Scene, name = 'DATABASE_URL'): Promise<string> {
  const resource = `vsecure://secrets/production/${name}`;
  const question = { resource, operation: 'read', reason: REASON, waitFor: 0 } as const;
  return (await agent.client.mcp.requestApproval(question)).id;
}

/** The first value of the production secrets. */
export const OLD_VALUE = 'postgres://app:not-a-real-one@db/production';

/** Sets the production policy, with Alice as approver, and stores DATABASE_URL. */
export async function setUpProduction({ admin }: Scene): Promise<void> {
  await admin.client.mcp.configureResource({
    uri: 'vsecure://secrets/production/*',
    name: 'Production Secrets',
    permissions: ['read', 'write'],
    approvers: ['alice@example.com'],
  });
  await admin.client.secrets.set(DATABASE_URL, OLD_VALUE);
}
