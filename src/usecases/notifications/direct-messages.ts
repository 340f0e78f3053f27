/** The direct messages that wait to be sent to people about their keys, and the facts that each shows. */

import type { Person, PersonId } from '../../domain/person.js';
import type { Principal, PrincipalId } from '../../domain/principal.js';
import type { DirectMessage, Store } from '../../ports/index.js';
import type { CardFacts, ReadCardFacts } from '../approvals/card-facts.js';

export interface DirectMessageFacts {
  readonly message: DirectMessage;
  readonly principal: Principal;
  readonly owner?: Person | undefined;
  readonly suspendedBy?: Person | undefined;
  /** The request that the message is about, if any. */
  readonly request?: CardFacts | undefined;
}

export interface DirectMessages {
  /** Oldest first. `person` is undefined when no such person is known. */
  unsent(
    id: PersonId,
    limit: number,
  ): Promise<{ person?: Person; messages: readonly DirectMessage[] }>;
  facts(message: DirectMessage): Promise<DirectMessageFacts>;
  principals(ids: readonly PrincipalId[]): Promise<readonly Principal[]>;
  /** Sent, or never to be sent. */
  markSent(messages: readonly DirectMessage[]): Promise<void>;
}

export function createDirectMessages(store: Store, readCardFacts: ReadCardFacts): DirectMessages {
  return {
    async unsent(id, limit) {
      const person = await store.people.find(id);
      const messages = await store.directMessageOutbox.unsent(id, limit);
      return person ? { person, messages } : { messages };
    },

    async facts(message) {
      const principal = await store.principals.find(message.principal);
      if (!principal) throw new Error('a direct message is about a principal that does not exist');
      const { owner, suspendedBy } = principal;
      return {
        message,
        principal,
        owner: await store.people.find(owner),
        suspendedBy: suspendedBy && (await store.people.find(suspendedBy)),
        request: message.approval && (await readCardFacts(message.approval)),
      };
    },

    async principals(ids) {
      const found = await Promise.all([...new Set(ids)].map((id) => store.principals.find(id)));
      return found.filter((principal) => principal !== undefined);
    },

    markSent: (messages) =>
      store.transaction((tx) => tx.directMessageOutbox.markSent(messages.map(({ id }) => id))),
  };
}
