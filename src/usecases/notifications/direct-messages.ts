/** What people have not been told yet about their keys, and everything that telling them shows. */

import type { Person, PersonId } from '../../domain/person.js';
import type { Principal, PrincipalId } from '../../domain/principal.js';
import type { DirectMessage, Store } from '../../ports/index.js';
import type { CardFacts, ReadCardFacts } from '../approvals/card-facts.js';

export interface DirectMessageFacts {
  readonly message: DirectMessage;
  readonly principal: Principal;
  readonly owner?: Person | undefined;
  readonly suspendedBy?: Person | undefined;
  /** The request that it is about, if it is about one. */
  readonly request?: CardFacts | undefined;
}

export interface DirectMessages {
  /** Oldest first. `person` is undefined for nobody that is known. */
  unsent(
    id: PersonId,
    limit: number,
  ): Promise<{ person?: Person; directMessageOutbox: readonly DirectMessage[] }>;
  facts(notice: DirectMessage): Promise<DirectMessageFacts>;
  principals(ids: readonly PrincipalId[]): Promise<readonly Principal[]>;
  /** Told, or never to be told. */
  markSent(directMessageOutbox: readonly DirectMessage[]): Promise<void>;
}

export function createDirectMessages(store: Store, readCardFacts: ReadCardFacts): DirectMessages {
  return {
    async unsent(id, limit) {
      const person = await store.people.find(id);
      const directMessageOutbox = await store.directMessageOutbox.unsent(id, limit);
      return person ? { person, directMessageOutbox } : { directMessageOutbox };
    },

    async facts(notice) {
      const principal = await store.principals.find(notice.principal);
      if (!principal) throw new Error('a notice is about a principal that is not there');
      const { owner, suspendedBy } = principal;
      return {
        message: notice,
        principal,
        owner: await store.people.find(owner),
        suspendedBy: suspendedBy && (await store.people.find(suspendedBy)),
        request: notice.approval && (await readCardFacts(notice.approval)),
      };
    },

    async principals(ids) {
      const found = await Promise.all([...new Set(ids)].map((id) => store.principals.find(id)));
      return found.filter((principal) => principal !== undefined);
    },

    markSent: (directMessageOutbox) =>
      store.transaction((tx) =>
        tx.directMessageOutbox.markSent(directMessageOutbox.map(({ id }) => id)),
      ),
  };
}
