/** The demo's data: two policies, a few fake secrets, an approver's key and an agent's key. */

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

export interface DemoKeys {
  /** These keys give access to fake data only, so the demo may print them. */
  readonly agentKey: string;
  readonly approverKey: string;
  readonly adminKey: string;
}

/** Throws the explanation of a refusal: a refusal here is a bug in the demo. */
export async function seedDemo(useCases: UseCases): Promise<DemoKeys> {
  const adminKey = unwrap(await useCases.bootstrapAdmin('admin@example.com')).token;
  const admin = unwrap(await useCases.authenticate(adminKey));
  await setPolicies(useCases, admin);
  for (const [path, value] of Object.entries(SECRETS))
    unwrap(await useCases.writeSecret(admin, { path, value: Buffer.from(value) }));
  const key = async (name: string, keyClass: 'agent' | 'human', owner: string) =>
    unwrap(await useCases.manageKeys.create(admin, { name, class: keyClass, owner })).token;
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
  unwrap(await set('vsecure://secrets/production/*', production));
  unwrap(await set('vsecure://secrets/development/*', development));
}

function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(explain(result.refusal));
}
