/** `client.keys` and `client.people`: API keys and people. */

import type { z } from 'zod';
import { keyRoutes, type WireKey } from '../contract/key.js';
import { personRoutes, type WirePerson } from '../contract/person.js';
import type { Call, CallOptions, ChangeOptions } from './call.js';
import { collect } from './pages.js';

/** Without `scopes` the key gets all scopes of its class. Without `expires` it is valid until revoked. */
export type NewKeyWish = z.input<typeof keyRoutes.create.body>;

export function createKeys(call: Call) {
  return {
    /**
     * Creates a key. The `token` in the answer is the key itself and is never shown again. If that answer was lost, a retry
     * within 10 minutes gets it. A later one rejects with `shown_once` and the id of the new key: revoke that key and create another.
     */
    create: (key: NewKeyWish, options?: ChangeOptions) =>
      call(keyRoutes.create, { body: key, ...options }),
    /** Lists keys without their secret part, oldest first. */
    list: ({ signal }: CallOptions = {}): Promise<WireKey[]> =>
      collect((cursor) => call(keyRoutes.list, { query: cursor, signal })),
    /** Revokes a key. This cannot be undone. */
    revoke: (id: string, options?: ChangeOptions) =>
      call(keyRoutes.revoke, { params: { id }, ...options }),
    /** Suspends all keys with this name, revokes their grants and cancels their requests. */
    suspend: (name: string, reason: string, options?: ChangeOptions) =>
      call(keyRoutes.suspend, { body: { name, reason }, ...options }),
    /** Reactivates suspended keys. Their revoked grants stay revoked. */
    resume: (name: string, reason?: string, options?: ChangeOptions) =>
      call(keyRoutes.resume, { body: { name, reason }, ...options }),
  };
}

export function createPeople(call: Call) {
  return {
    /** Lists all people, ordered by e-mail address. */
    list: ({ signal }: CallOptions = {}): Promise<WirePerson[]> =>
      collect((cursor) => call(personRoutes.list, { query: cursor, signal })),
    /** Adds a person, or changes the given settings. */
    set: (change: z.input<typeof personRoutes.set.body>, options?: ChangeOptions) =>
      call(personRoutes.set, { body: change, ...options }),
    /** Removes a person with their keys, grants and Slack account. The audit trail keeps what they did. `set` adds them again as a member. */
    remove: (email: string, options?: ChangeOptions) =>
      call(personRoutes.remove, { body: { email }, ...options }),
    /** Links a person to a Slack account. This can be done only once. */
    link: (link: z.input<typeof personRoutes.link.body>, options?: ChangeOptions) =>
      call(personRoutes.link, { body: link, ...options }),
    /** Creates a code that links the Slack account that enters it. Without an address, the code is for the caller. */
    code: (email?: string, options?: ChangeOptions) =>
      call(personRoutes.code, { body: { email }, ...options }),
  };
}
