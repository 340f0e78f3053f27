/** `client.secrets`, `client.keys` and `client.people`: what an operator does. */

import type { z } from 'zod';
import { keyRoutes, type WireKey } from '../contract/key.js';
import { personRoutes, type WirePerson } from '../contract/person.js';
import { secretRoutes, type WireListedSecret } from '../contract/secret.js';
import type { Call } from './call.js';
import { collect } from './pages.js';

export function createSecrets(call: Call) {
  return {
    /** Stores the secret or a new version of it. Resolves with metadata. */
    set: (path: string, value: string) => call(secretRoutes.set, { body: { path, value } }),
    /** With all its versions, for good. Resolves with what was known of it. */
    delete: (path: string) => call(secretRoutes.delete, { body: { path } }),
    /** Metadata, and what the caller could get of each. */
    list: ({ limit }: { readonly limit?: number } = {}): Promise<WireListedSecret[]> =>
      collect((cursor) => call(secretRoutes.list, { query: cursor }), limit),
  };
}

export type NewKeyWish = z.input<typeof keyRoutes.create.body>;

export function createKeys(call: Call) {
  return {
    /** The answer's `token` is the key itself; nobody can ever see it again. */
    create: (wish: NewKeyWish) => call(keyRoutes.create, { body: wish }),
    list: async (): Promise<WireKey[]> => (await call(keyRoutes.list)).items,
    /** It cannot be undone. */
    revoke: (id: string) => call(keyRoutes.revoke, { params: { id } }),
    /** Stops everything that is done with the keys of this name. */
    suspend: (name: string, reason: string) => call(keyRoutes.suspend, { body: { name, reason } }),
    /** Lets them work again; what was revoked stays revoked. */
    resume: (name: string, reason?: string) => call(keyRoutes.resume, { body: { name, reason } }),
  };
}

export function createPeople(call: Call) {
  return {
    list: async (): Promise<WirePerson[]> => (await call(personRoutes.list)).items,
    /** Adds a person, or changes what is named. */
    set: (change: z.input<typeof personRoutes.set.body>) =>
      call(personRoutes.set, { body: change }),
    /** Links a Slack account, once. */
    link: (link: z.input<typeof personRoutes.link.body>) => call(personRoutes.link, { body: link }),
    /** A code that links the Slack account which types it. Without an address: one's own. */
    code: (email?: string) => call(personRoutes.code, { body: { email } }),
  };
}
