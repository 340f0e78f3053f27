/** Somebody from outside the connected workspace tried something: refused, and put on record. */

import type { Actor } from '../../domain/audit-event.js';
import { storable } from '../../domain/text.js';
import type { Store } from '../../ports/index.js';

export type RecordForeignWorkspace = (
  teamId: string,
  userId: string,
  what: string,
) => Promise<void>;

export function createRecordForeignWorkspace(store: Store): RecordForeignWorkspace {
  return (teamId, userId, what) =>
    store.transaction(async (tx) =>
      tx.record({
        type: 'foreign_request',
        actor: strangerActor(teamId, userId),
        refusal: 'foreign_team',
        details: { what: storable(what) },
      }),
    );
}

/** Somebody of whom no more is known than their Slack account. */
export const strangerActor = (teamId: string, userId: string): Actor => ({
  kind: 'stranger',
  id: storable(`${teamId}/${userId}`),
  name: storable(userId),
});
