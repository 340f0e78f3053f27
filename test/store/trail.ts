/** The audit trail as the product exports it, and the product's own verifier over an export that a test may have changed. */

import type { z } from 'zod';
import type { auditRoutes } from '../../src/contract/audit.js';
import type { Call } from '../../src/sdk/call.js';
import { type Verified, verifyAudit } from '../../src/sdk/verify-audit.js';
import { type Services, unwrap } from '../support/services.js';

export type Trail = z.output<typeof auditRoutes.chain.answer>;
export type Row = Trail['links'][number];

/** The whole trail that is attached, by the use case behind `GET /audit/chain`. */
export async function exportTrail({ useCases, admin }: Services): Promise<Trail> {
  const { links, partitions, ...rest } = unwrap(await useCases.exportAudit(admin, 0, 100_000));
  return { ...rest, links: [...links], partitions: [...partitions] };
}

/** The shipped verifier over this trail, which is answered in one part. */
function verify(trail: Trail): Promise<Verified> {
  let answers = 0;
  const call = async () => {
    answers += 1;
    return answers === 1 ? trail : { ...trail, links: [] };
  };
  return verifyAudit(call as Call);
}

/** The first fault, for example `3: its hash does not match its content`; undefined when there is none. */
export async function firstFault(trail: Trail): Promise<string | undefined> {
  const verified = await verify(trail);
  return verified.ok ? undefined : `${verified.sequence}: ${verified.problem}`;
}

/** Changes the database the way an owner of the database could, past the triggers. */
export async function tamper({ database }: Services, statement: string): Promise<void> {
  await database.dataSource.transaction(async (manager) => {
    await manager.query('set local session_replication_role = replica');
    await manager.query(statement);
  });
}
