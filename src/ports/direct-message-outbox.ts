/** The outbox of Slack direct messages to people, and the kinds of thread replies. */

import type { ApprovalId } from '../domain/approval.js';
import type { PersonId } from '../domain/person.js';
import type { PrincipalId } from '../domain/principal.js';

/** `asked`, `settled` and `first_use` go to the owner of the requesting key; `suspended` goes to the owner and all administrators. */
export type DirectMessageKind = 'asked' | 'settled' | 'first_use' | 'suspended';

export interface NewDirectMessage {
  readonly person: PersonId;
  readonly kind: DirectMessageKind;
  readonly principal: PrincipalId;
  readonly approval?: ApprovalId | undefined;
}

export interface DirectMessage extends NewDirectMessage {
  readonly id: string;
  readonly at: Date;
}

/** Messages are sent at least once, the oldest first. */
export interface DirectMessageOutbox {
  unsent(person: PersonId, limit: number): Promise<readonly DirectMessage[]>;
  markSent(ids: readonly DirectMessage['id'][]): Promise<void>;
}

/** Replies that are posted once in the thread of a card. */
export type ThreadReply = 'reminder' | 'escalation';
