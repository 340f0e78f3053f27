/** Use a grant for anything but reading a value, which has a ledger of its own with the same rule. */

import type { Grant } from '../../domain/grant.js';
import { coveringPatterns } from '../../domain/pattern.js';
import { type Result, refused } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { Operation } from '../../domain/vocabulary.js';
import type { Reads, Tx } from '../../ports/index.js';

/** What somebody is about to do, with one exact resource. */
export interface Use {
  readonly operation: Operation;
  readonly resource: string;
}

type GrantAndPolicyReads = Pick<Reads, 'grants' | 'policies'>;

/** A live grant of the caller's that allows this now. Counts nothing. */
export async function findGrant(
  reads: GrantAndPolicyReads,
  caller: Caller,
  use: Use,
): Promise<Result<Grant>> {
  const policy = await permittingPolicy(reads, use);
  const { operation, resource } = use;
  const grant =
    policy && (await reads.grants.covering(caller.principal.id, policy.id, operation, [resource]));
  return grant ? { ok: true, value: grant } : whyNot(reads, caller, use);
}

/**
 * Counts one use of such a grant and holds it until the transaction ends. Take every other row that is needed before: the clock
 * that decides is read here.
 */
export async function useGrant(tx: Tx, caller: Caller, use: Use): Promise<Result<Grant>> {
  const policy = await permittingPolicy(tx, use);
  const { operation, resource } = use;
  const grant =
    policy && (await tx.grants.use(caller.principal.id, policy.id, operation, resource));
  return grant ? { ok: true, value: grant } : whyNot(tx, caller, use);
}

/** The policy that decides the resource now, when it permits the operation: a grant under any other opens nothing. */
async function permittingPolicy({ policies }: GrantAndPolicyReads, { operation, resource }: Use) {
  const [policy] = await policies.matching(coveringPatterns(resource));
  return policy?.permissions.includes(operation) ? policy : undefined;
}

async function whyNot(
  { grants }: GrantAndPolicyReads,
  { principal }: Caller,
  { operation, resource }: Use,
) {
  const grant = await grants.latest(principal.id, operation, resource);
  if (!grant) return refused({ code: 'approval_required' });
  if (grant.status !== 'active') return refused({ code: 'grant_ended', how: grant.status });
  return refused({ code: 'not_permitted', operation });
}
