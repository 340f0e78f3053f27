/** What the demo starts with: two policies, a few fake secrets, an approver and an agent's key. */

import { explain } from '../../domain/refusal.js';
import type { Result } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { UseCases } from '../../usecases/index.js';

export const APPROVER = 'alice@example.com';
export const OWNER = 'bob@example.com';
export const WANTED = 'vsecure://secrets/production/DATABASE_URL';

const SECRETS = {
  [WANTED]: 'postgres://app:not-a-real-password@db.internal/production',
  'vsecure://secrets/production/STRIPE_KEY': 'sk_live_this_is_only_a_demo',
  'vsecure://secrets/development/DATABASE_URL': 'postgres://app:dev@localhost/development',
};

export interface Scene {
  /** Keys of the example agent, of the approver and of the admin. Fake data, so they may be shown. */
  readonly agentKey: string;
  readonly approverKey: string;
  readonly adminKey: string;
}

/** Throws with the explanation of what was refused: the demo's own scene must always be possible. */
export async function setScene(useCases: UseCases): Promise<Scene> {
  const adminKey = must(await useCases.bootstrapAdmin('admin@example.com')).token;
  const admin = must(await useCases.authenticate(adminKey));
  await setPolicies(useCases, admin);
  for (const [path, value] of Object.entries(SECRETS))
    must(await useCases.writeSecret(admin, { path, value: Buffer.from(value) }));
  const key = async (name: string, keyClass: 'agent' | 'human', owner: string) =>
    must(await useCases.manageKeys.create(admin, { name, class: keyClass, owner })).token;
  return {
    adminKey,
    agentKey: await key('example-agent', 'agent', OWNER),
    approverKey: await key('alice-laptop', 'human', APPROVER),
  };
}

async function setPolicies(useCases: UseCases, admin: Caller): Promise<void> {
  const production = { name: 'Production secrets', approvers: [APPROVER] };
  const development = { name: 'Development secrets', requiresApproval: false };
  const set = (uri: string, rules: object) =>
    useCases.configureResource(admin, uri, rules, 'replace');
  must(await set('vsecure://secrets/production/*', production));
  must(await set('vsecure://secrets/development/*', development));
}

function must<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(explain(result.refusal));
}
