/** Record a click in Slack that did not become a decision, because the account may not decide or the request was already settled. */

import type { ApprovalId } from '../../domain/approval.js';
import { personActor } from '../../domain/audit-event.js';
import type { RefusalCode, Verdict } from '../../domain/vocabulary.js';
import type { Store } from '../../ports/index.js';
import { strangerActor } from '../authorization/record-foreign-workspace.js';
import type { SlackActor } from '../people/identify-slack-user.js';

export interface RefusedClick {
  readonly approval: ApprovalId;
  readonly verdict: Verdict | 'revoke';
  readonly refusal: RefusalCode;
}

/** The actor is the person linked to the account, else the account itself. */
export type RecordRefusedClick = (slackActor: SlackActor, click: RefusedClick) => Promise<void>;

export function createRecordRefusedClick(store: Store): RecordRefusedClick {
  return ({ teamId, userId }, { approval: id, verdict, refusal }) =>
    store.transaction(async (tx) => {
      const approval = await tx.approvals.find(id);
      const person = await tx.people.bySlack(teamId, userId);
      tx.record({
        type: 'decision_refused',
        actor: person ? personActor(person) : strangerActor(teamId, userId),
        entryPoint: 'slack',
        approval: approval?.id,
        principal: approval?.principal,
        resources: approval?.resources,
        operation: approval?.operation,
        refusal,
        details: { verdict, through: `slack ${teamId}/${userId}` },
      });
    });
}
