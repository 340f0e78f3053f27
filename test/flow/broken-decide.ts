/** Deliberately broken deciding. A check that passes on one of these is not worth having. */
import type { Approval } from '../../src/domain/approval.js';
import { ok, refused } from '../../src/domain/result.js';
import type { Store } from '../../src/ports/index.js';
import { sqlOn } from '../../src/store/sql.js';
import type { Decide } from '../../src/usecases/approvals/decide.js';
import type { Services } from '../support/services.js';

/** Reads the approval, looks at its status in memory, and then writes whatever it made up its mind about. */
export function createReadThenWriteDecide({ store, database, makeId }: Services): Decide {
  const sql = sqlOn(database.dataSource);
  return async ({ person, entryPoint }, { approval: id, verdict, reason }) => {
    const approval = await store.approvals.find(id);
    if (!approval) return refused({ code: 'not_found' });
    if (approval.status !== 'pending')
      return refused({ code: 'already_decided', status: approval.status });

    const approved = verdict === 'approve';
    await sql(
      `update approval set status = $2, settled_at = clock_timestamp(), settled_by = $3, decision_reason = $4,
         granted_ms = $5 where id = $1`,
      [
        id,
        approved ? 'approved' : 'denied',
        person.id,
        reason,
        approved ? approval.duration : null,
      ],
    );
    const duration = approval.duration;
    await store.transaction(async (tx) => {
      await tx.approvals.addVote({ approval: id, person: person.id, verdict, entryPoint });
      if (approved)
        await tx.grants.insert({ ...approval, id: makeId('grnt'), approval: id, duration });
    });
    return ok(await present(store, id));
  };
}

async function present(store: Store, id: Approval['id']): Promise<Approval> {
  const approval = await store.approvals.find(id);
  if (!approval) throw new Error('an approval that was there is gone');
  return approval;
}

/** A store that finds an approval without holding it: each transaction sees what was committed before it looked. */
export function withoutLock(store: Store): Store {
  return {
    ...store,
    transaction: (work) =>
      store.transaction((tx) =>
        work({ ...tx, approvals: { ...tx.approvals, lock: tx.approvals.find } }),
      ),
  };
}
