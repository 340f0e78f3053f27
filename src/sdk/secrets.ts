/** `client.secrets`: values and their metadata. */

import type { z } from 'zod';
import {
  secretRoutes,
  type WireListedSecret,
  type WireOpenedSecret,
  type WireSecret,
  type WireSecretChange,
} from '../contract/secret.js';
import { fullUri } from '../contract/short-name.js';
import type { Call, CallOptions, ChangeOptions } from './call.js';
import { collect } from './pages.js';

type Written<R extends { body: z.ZodType<unknown, object> }> = Omit<z.input<R['body']>, 'path'>;

/** Either `value` or `generate`: `{}` has the server make a token that nobody gets to see. */
export type NewSecret = Written<typeof secretRoutes.create>;
/** The same; with `expectedVersion` nothing is done when another is the latest (`version_conflict`). */
export type SecretUpdate = Written<typeof secretRoutes.update>;

/** Names are paths such as `production/DATABASE_URL`, or full URIs such as `vsecure://templates/staging/app.env`. */
export function createSecrets(call: Call) {
  return {
    /**
     * The value, under a live grant of the caller's own; where the policy requires no approval one is obtained. Every call is on
     * the audit trail and counts as a use, so a lost answer is not asked for again. Rejects with `approval_required` or `grant_ended`.
     */
    get: (
      name: string,
      { version, signal }: CallOptions & { readonly version?: number } = {},
    ): Promise<WireOpenedSecret> =>
      call(secretRoutes.open, { query: { path: fullUri(name), version }, signal }),

    /** For a name that is free, else `already_exists`: as an operator, or under a write grant. Resolves with the new version. */
    create: (name: string, secret: NewSecret, options?: ChangeOptions): Promise<WireSecretChange> =>
      call(secretRoutes.create, { body: { ...secret, path: fullUri(name) }, ...options }),

    /** Stores a new version of a secret that exists, else `not_found`: as an operator, or under a write grant. */
    update: (
      name: string,
      secret: SecretUpdate,
      options?: ChangeOptions,
    ): Promise<WireSecretChange> =>
      call(secretRoutes.update, { body: { ...secret, path: fullUri(name) }, ...options }),

    /** The same for a value whose time is over. Without a value the server makes one. */
    rotate: (
      name: string,
      secret: SecretUpdate = { generate: {} },
      options?: ChangeOptions,
    ): Promise<WireSecretChange> =>
      call(secretRoutes.rotate, { body: { ...secret, path: fullUri(name) }, ...options }),

    /** With all its versions, for good: as an operator, or under a delete grant. */
    delete: (
      name: string,
      { expectedVersion, ...options }: ChangeOptions & Pick<SecretUpdate, 'expectedVersion'> = {},
    ): Promise<WireSecretChange> =>
      call(secretRoutes.delete, { body: { path: fullUri(name), expectedVersion }, ...options }),

    /** Stores the secret or a new version of it, as an operator. Resolves with metadata. */
    set: (name: string, value: string, options?: ChangeOptions): Promise<WireSecret> =>
      call(secretRoutes.set, { body: { path: fullUri(name), value }, ...options }),

    /** Metadata, and what the caller could get of each. `limit`: at most so many, default all of them. */
    list: ({
      limit,
      signal,
    }: CallOptions & { readonly limit?: number } = {}): Promise<WireListedSecret[]> =>
      collect((cursor) => call(secretRoutes.list, { query: cursor, signal }), limit),
  };
}
