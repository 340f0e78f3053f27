/** REST: API keys, and the caller's own key (`whoami`). */

import {
  keyRoutes,
  type WireKey,
  type WireSuspension,
  type WireWhoami,
  whoamiRoute,
} from '../../contract/key.js';
import { ok } from '../../domain/result.js';
import type { Caller } from '../../domain/rights.js';
import type { ListedKey } from '../../usecases/authorization/manage-keys.js';
import type { Suspension } from '../../usecases/authorization/suspend-principal.js';
import type { UseCases } from '../../usecases/index.js';
import { readOptionalDuration } from '../durations.js';
import type { Serve } from '../serve-route.js';
import { mapResult } from '../wire/map-result.js';
import { onePage } from '../wire/one-page.js';

export function serveKeys(
  serve: Serve,
  { manageKeys, manageSuspensions }: Pick<UseCases, 'manageKeys' | 'manageSuspensions'>,
): void {
  serve(keyRoutes.list, async ({ caller, query }) =>
    onePage(await manageKeys.list(caller), query, byCreation, wireKey),
  );

  serve(keyRoutes.create, async ({ caller, idempotencyKey, body: { expires, ...wish } }) => {
    const ttl = readOptionalDuration(expires);
    if (!ttl.ok) return ttl;
    const made = await manageKeys.create(caller, { ...wish, ttl: ttl.value }, idempotencyKey);
    return mapResult(made, ({ token, owner, ownerInSlack, ...rest }) => ({
      ...wireKey({ ...rest, ownerEmail: owner.email }),
      token,
      ownerInSlack,
    }));
  });

  serve(keyRoutes.revoke, async ({ caller, params, idempotencyKey }) =>
    mapResult(await manageKeys.revoke(caller, params.id, idempotencyKey), ({ id, revokedAt }) => ({
      id,
      revokedAt: revokedAt?.toISOString(),
    })),
  );

  serve(keyRoutes.suspend, async ({ caller, idempotencyKey, body: { name, reason } }) =>
    mapResult(
      await manageSuspensions.suspend(caller, name, reason, idempotencyKey),
      wireSuspension,
    ),
  );

  serve(keyRoutes.resume, async ({ caller, idempotencyKey, body }) =>
    mapResult(
      await manageSuspensions.resume(caller, body.name, body.reason, idempotencyKey),
      ({ name }) => ({
        name,
      }),
    ),
  );

  serve(whoamiRoute, async ({ caller }) => ok(wireCaller(caller)));
}

const byCreation = ({ key }: ListedKey) => `${key.createdAt.toISOString()}/${key.id}`;

export function wireKey({ key, principal, ownerEmail }: ListedKey): WireKey {
  return {
    id: key.id,
    name: principal.name,
    class: key.class,
    owner: ownerEmail,
    scopes: [...key.scopes],
    hint: key.hint,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString(),
    revokedAt: key.revokedAt?.toISOString(),
    suspendedAt: principal.suspendedAt?.toISOString(),
  };
}

function wireSuspension({ principal, already, grants, requests }: Suspension): WireSuspension {
  return {
    name: principal.name,
    suspendedAt: principal.suspendedAt?.toISOString(),
    already,
    grantsRevoked: grants,
    requestsWithdrawn: requests,
  };
}

function wireCaller({ principal, key, owner, scopes }: Caller): WireWhoami {
  return {
    name: principal.name,
    class: principal.class,
    key: key.id,
    owner: { email: owner.email, role: owner.role },
    scopes: [...scopes],
    expiresAt: key.expiresAt?.toISOString(),
  };
}
