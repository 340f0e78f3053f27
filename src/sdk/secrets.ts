/** `client.secrets`: secret values and metadata. */

import type { z } from 'zod';
import {
  secretRoutes,
  type WireListedSecret,
  type WireOpenedSecret,
  type WireSecretChange,
  type WireWrittenSecret,
} from '../contract/secret.js';
import { fullUri } from '../contract/short-name.js';
import type { Call, CallOptions, ChangeOptions } from './call.js';
import { collect } from './pages.js';

type Written<R extends { body: z.ZodType<unknown, object> }> = Omit<z.input<R['body']>, 'path'>;

/** Give either `value` or `generate`. With `generate: {}` the server generates a token that is never shown. */
export type NewSecret = Written<typeof secretRoutes.create>;
/** The same. With `expectedVersion`, the call is refused with `version_conflict` if another version is the latest. */
export type SecretUpdate = Written<typeof secretRoutes.update>;

/** Names are paths such as `production/DATABASE_URL`, or full URIs such as `vsecure://templates/staging/app.env`. */
export function createSecrets(call: Call) {
  return {
    /**
     * Reads the value under one of the caller's own active grants. If the policy requires no approval, the server grants access
     * automatically. Every call is recorded in the audit trail and counts as a use, so a lost answer is not retried. Rejects with
     * `approval_required` or `grant_ended`.
     */
    get: (
      name: string,
      { version, signal }: CallOptions & { readonly version?: number } = {},
    ): Promise<WireOpenedSecret> =>
      call(secretRoutes.open, { query: { path: fullUri(name), version }, signal }),

    /** Creates a secret, as an operator or under a write grant. Rejects with `already_exists` if the name is taken. Resolves with the new version. */
    create: (name: string, secret: NewSecret, options?: ChangeOptions): Promise<WireSecretChange> =>
      call(secretRoutes.create, { body: { ...secret, path: fullUri(name) }, ...options }),

    /** Stores a new version of a secret, as an operator or under a write grant. Rejects with `not_found` if the secret does not exist. */
    update: (
      name: string,
      secret: SecretUpdate,
      options?: ChangeOptions,
    ): Promise<WireSecretChange> =>
      call(secretRoutes.update, { body: { ...secret, path: fullUri(name) }, ...options }),

    /** Replaces a value, like `update`. Without a value the server generates one. */
    rotate: (
      name: string,
      secret: SecretUpdate = { generate: {} },
      options?: ChangeOptions,
    ): Promise<WireSecretChange> =>
      call(secretRoutes.rotate, { body: { ...secret, path: fullUri(name) }, ...options }),

    /** Permanently deletes a secret with all its versions, as an operator or under a delete grant. */
    delete: (
      name: string,
      { expectedVersion, ...options }: ChangeOptions & Pick<SecretUpdate, 'expectedVersion'> = {},
    ): Promise<WireSecretChange> =>
      call(secretRoutes.delete, { body: { path: fullUri(name), expectedVersion }, ...options }),

    /** Stores a secret, or a new version of it, as an operator. Resolves with metadata. */
    set: (
      name: string,
      value: string,
      { skipUnchanged, ...options }: ChangeOptions & { readonly skipUnchanged?: boolean } = {},
    ): Promise<WireWrittenSecret> =>
      call(secretRoutes.set, { body: { path: fullUri(name), value, skipUnchanged }, ...options }),

    /** Lists metadata and the caller's access to each secret. `limit`: maximum number of results, default all. */
    list: ({
      limit,
      signal,
    }: CallOptions & { readonly limit?: number } = {}): Promise<WireListedSecret[]> =>
      collect((cursor) => call(secretRoutes.list, { query: cursor, signal }), limit),
  };
}
