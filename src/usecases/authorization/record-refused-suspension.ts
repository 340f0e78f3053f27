/** Record a click on "Not me" from a Slack account that may not act. */

import { personActor } from '../../domain/audit-event.js';
import type { PrincipalId } from '../../domain/principal.js';
import type { RefusalCode } from '../../domain/vocabulary.js';
import type { Store } from '../../ports/index.js';
import type { SlackActor } from '../people/identify-slack-user.js';
import { strangerActor } from './record-foreign-workspace.js';

export type RecordRefusedSuspension = (
  slackActor: SlackActor,
  principal: PrincipalId,
  refusal: RefusalCode,
) => Promise<void>;

/** The actor is the person linked to the account, else the account itself. */
export function createRecordRefusedSuspension(store: Store): RecordRefusedSuspension {
  return ({ teamId, userId }, id, refusal) =>
    store.transaction(async (tx) => {
      const principal = await tx.principals.find(id);
      const person = await tx.people.bySlack(teamId, userId);
      tx.record({
        type: 'suspension_refused',
        actor: person ? personActor(person) : strangerActor(teamId, userId),
        principal: principal?.id,
        refusal,
        details: { through: `slack ${teamId}/${userId}` },
      });
    });
}
