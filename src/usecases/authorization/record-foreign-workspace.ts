/** Record a refused action of an account from outside the connected workspace. */

import type { Actor } from '../../domain/audit-event.js';
import { storable } from '../../domain/text.js';
import type { Store } from '../../ports/index.js';

export type RecordForeignWorkspace = (
  teamId: string,
  userId: string,
  action: string,
) => Promise<void>;

export function createRecordForeignWorkspace(store: Store): RecordForeignWorkspace {
  return (teamId, userId, action) =>
    store.transaction(async (tx) =>
      tx.record({
        type: 'foreign_request',
        actor: strangerActor(teamId, userId),
        refusal: 'foreign_team',
        details: { what: storable(action) },
      }),
    );
}

/** An actor known only by a Slack account. */
export const strangerActor = (teamId: string, userId: string): Actor => ({
  kind: 'stranger',
  id: storable(`${teamId}/${userId}`),
  name: storable(userId),
});
