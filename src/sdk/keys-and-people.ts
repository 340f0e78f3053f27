/** `client.keys` and `client.people`: who may come, and who they are. */

import type { z } from 'zod';
import { keyRoutes, type WireKey } from '../contract/key.js';
import { personRoutes, type WirePerson } from '../contract/person.js';
import type { Call, CallOptions, ChangeOptions } from './call.js';
import { collect } from './pages.js';

/** Without `scopes` it gets all that its class can hold, without `expires` it lasts until it is revoked. */
export type NewKeyWish = z.input<typeof keyRoutes.create.body>;

export function createKeys(call: Call) {
  return {
    /**
     * The answer's `token` is the key itself; nobody can ever see it again. When that answer was lost, the call rejects with
     * `shown_once` and the id of the key that was made: revoke it, and make another.
     */
    create: (wish: NewKeyWish, options?: ChangeOptions) =>
      call(keyRoutes.create, { body: wish, ...options }),
    /** Without their secret part, the oldest first. */
    list: ({ signal }: CallOptions = {}): Promise<WireKey[]> =>
      collect((cursor) => call(keyRoutes.list, { query: cursor, signal })),
    /** It cannot be undone. */
    revoke: (id: string, options?: ChangeOptions) =>
      call(keyRoutes.revoke, { params: { id }, ...options }),
    /** Stops everything that is done with the keys of this name. */
    suspend: (name: string, reason: string, options?: ChangeOptions) =>
      call(keyRoutes.suspend, { body: { name, reason }, ...options }),
    /** Lets them work again; what was revoked stays revoked. */
    resume: (name: string, reason?: string, options?: ChangeOptions) =>
      call(keyRoutes.resume, { body: { name, reason }, ...options }),
  };
}

export function createPeople(call: Call) {
  return {
    /** Everybody vsecure knows, by e-mail. */
    list: ({ signal }: CallOptions = {}): Promise<WirePerson[]> =>
      collect((cursor) => call(personRoutes.list, { query: cursor, signal })),
    /** Adds a person, or changes what is named. */
    set: (change: z.input<typeof personRoutes.set.body>, options?: ChangeOptions) =>
      call(personRoutes.set, { body: change, ...options }),
    /** Links a Slack account, once. */
    link: (link: z.input<typeof personRoutes.link.body>, options?: ChangeOptions) =>
      call(personRoutes.link, { body: link, ...options }),
    /** A code that links the Slack account which types it. Without an address: one's own. */
    code: (email?: string, options?: ChangeOptions) =>
      call(personRoutes.code, { body: { email }, ...options }),
  };
}
