/** REST: secrets. Values go in; metadata comes out. */

import { secretRoutes, type WireListedSecret, type WireSecret } from '../../contract/secret.js';
import type { SecretMetadata } from '../../domain/secret.js';
import type { UseCases } from '../../usecases/index.js';
import type { ListedSecret } from '../../usecases/list-secrets.js';
import type { Serve } from '../serve-route.js';
import { mapPage, mapResult } from '../wire/map-result.js';

export function serveSecrets(serve: Serve, useCases: UseCases): void {
  serve(secretRoutes.list, async ({ caller, query }) =>
    mapPage(await useCases.listSecrets(caller, query), wireListed),
  );

  serve(secretRoutes.set, async ({ caller, body }) => {
    const value = new TextEncoder().encode(body.value);
    return mapResult(await useCases.writeSecret(caller, { path: body.path, value }), wireSecret);
  });

  serve(secretRoutes.delete, async ({ caller, body }) =>
    mapResult(await useCases.deleteSecret(caller, body.path), wireSecret),
  );
}

const wireSecret = ({ path, version, createdAt, updatedAt }: SecretMetadata): WireSecret => ({
  path,
  version,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

const wireListed = (secret: ListedSecret): WireListedSecret => ({
  ...wireSecret(secret),
  access: secret.access,
});
