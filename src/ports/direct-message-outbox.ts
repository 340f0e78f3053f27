/** Direct messages to people, and replies in the thread of a card. */

import type { ApprovalId } from '../domain/approval.js';
import type { PersonId } from '../domain/person.js';
import type { PrincipalId } from '../domain/principal.js';

/** `asked`, `settled` and `first_use` go to the owner of the key that asked; `suspended` to the key's owner and to administrators. */
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

/** Oldest first. A message may be sent twice, but is never lost. */
export interface DirectMessageOutbox {
  unsent(person: PersonId, limit: number): Promise<readonly DirectMessage[]>;
  markSent(ids: readonly DirectMessage['id'][]): Promise<void>;
}

/** Each is posted at most once in the thread of a card. */
export type ThreadReply = 'reminder' | 'escalation';
