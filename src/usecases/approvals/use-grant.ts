/** Use a grant for everything except reading a secret value. The read ledger applies the same rule to reads. */

import type { Grant } from '../../domain/grant.js';
import { ok, type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { Operation } from '../../domain/vocabulary.js';
import type { Reads, Tx } from '../../ports/index.js';

/** One operation on one exact resource. */
export interface Use {
  readonly operation: Operation;
  readonly resource: string;
}

type GrantAndPolicyReads = Pick<Reads, 'grants' | 'policies'>;

/** Finds an active grant of the caller that allows this use now. It does not count a use. */
export async function findGrant(
  reads: GrantAndPolicyReads,
  caller: Caller,
  use: Use,
): Promise<Result<Grant>> {
  const policy = await permittingPolicy(reads, use);
  const { operation, resource } = use;
  const grant =
    policy && (await reads.grants.covering(caller.principal.id, policy.id, operation, [resource]));
  return grant ? ok(grant) : whyRefused(reads, caller, use);
}

/**
 * Counts one use of such a grant and locks it until the transaction ends. Lock all other rows before this call, because the grant's
 * end is checked here.
 */
export async function useGrant(tx: Tx, caller: Caller, use: Use): Promise<Result<Grant>> {
  const policy = await permittingPolicy(tx, use);
  const { operation, resource } = use;
  const grant =
    policy && (await tx.grants.use(caller.principal.id, policy.id, operation, resource));
  return grant ? ok(grant) : whyRefused(tx, caller, use);
}

/** The policy that decides the resource now, if it permits the operation. A grant under any other policy does not count. */
async function permittingPolicy({ policies }: GrantAndPolicyReads, { operation, resource }: Use) {
  const policy = (await policies.covering([resource])).deciding(resource);
  return policy?.permissions.includes(operation) ? policy : undefined;
}

async function whyRefused(
  { grants }: GrantAndPolicyReads,
  { principal }: Caller,
  { operation, resource }: Use,
) {
  const grant = await grants.latest(principal.id, operation, resource);
  if (!grant) return refused({ code: 'approval_required' });
  if (grant.status !== 'active') return refused({ code: 'grant_ended', how: grant.status });
  return refused({ code: 'not_permitted', operation });
}
