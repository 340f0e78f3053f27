/** What people are told in direct messages, and in the thread of a card. */

import type { ApprovalId } from '../domain/approval.js';
import type { PersonId } from '../domain/person.js';
import type { PrincipalId } from '../domain/principal.js';

/** `asked`, `settled` and `first_use` go to the owner of the asking key; `suspended` to whoever must know of it. */
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

/** What a person has not been told yet, oldest first. Told twice is better than never. */
export interface DirectMessageOutbox {
  unsent(person: PersonId, limit: number): Promise<readonly DirectMessage[]>;
  markSent(ids: readonly DirectMessage['id'][]): Promise<void>;
}

/** What is said once in the thread of a card. */
export type ThreadReply = 'reminder' | 'escalation';
