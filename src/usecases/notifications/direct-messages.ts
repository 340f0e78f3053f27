/** What people have not been told yet about their keys, and everything that telling them shows. */

import type { Person, PersonId } from '../../domain/person.js';
import type { Principal, PrincipalId } from '../../domain/principal.js';
import type { Notice, Store } from '../../ports/index.js';
import type { CardFacts, ReadCardFacts } from '../approvals/card-facts.js';

export interface NoticeFacts {
  readonly notice: Notice;
  readonly principal: Principal;
  readonly owner?: Person | undefined;
  readonly suspendedBy?: Person | undefined;
  /** The request that it is about, if it is about one. */
  readonly request?: CardFacts | undefined;
}

export interface DirectMessages {
  /** Oldest first. `person` is undefined for nobody that is known. */
  untold(id: PersonId, limit: number): Promise<{ person?: Person; notices: readonly Notice[] }>;
  facts(notice: Notice): Promise<NoticeFacts>;
  principals(ids: readonly PrincipalId[]): Promise<readonly Principal[]>;
  /** Told, or never to be told. */
  told(notices: readonly Notice[]): Promise<void>;
}

export function createDirectMessages(store: Store, readCardFacts: ReadCardFacts): DirectMessages {
  return {
    async untold(id, limit) {
      const person = await store.people.find(id);
      const notices = await store.notices.untold(id, limit);
      return person ? { person, notices } : { notices };
    },

    async facts(notice) {
      const principal = await store.principals.find(notice.principal);
      if (!principal) throw new Error('a notice is about a principal that is not there');
      const { owner, suspendedBy } = principal;
      return {
        notice,
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

    told: (notices) => store.transaction((tx) => tx.notices.told(notices.map(({ id }) => id))),
  };
}
