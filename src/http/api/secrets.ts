/** REST: secrets. Only the `open` route answers with a value; all others answer with metadata. */

import {
  secretRoutes,
  type WireListedSecret,
  type WireOpenedSecret,
  type WireSecret,
  type WireSecretChange,
  type WireWrittenSecret,
} from '../../contract/secret.js';
import type { SecretChange, SecretMetadata } from '../../domain/secret.js';
import type { IdempotencyKey } from '../../usecases/idempotent.js';
import type { UseCases } from '../../usecases/index.js';
import { encodeValue } from '../../usecases/secrets/encode-value.js';
import type { ListedSecret } from '../../usecases/secrets/list-secrets.js';
import type { SecretValue } from '../../usecases/secrets/read-secret.js';
import type { WrittenSecret } from '../../usecases/secrets/write-secret.js';
import type { Serve } from '../serve-route.js';
import { mapPage, mapResult } from '../wire/map-result.js';

export function serveSecrets(
  serve: Serve,
  useCases: Pick<UseCases, 'secretOperations' | 'listSecrets' | 'writeSecret'>,
): void {
  const { secretOperations } = useCases;

  serve(secretRoutes.list, async ({ caller, query }) =>
    mapPage(await useCases.listSecrets(caller, query), wireListed),
  );

  serve(secretRoutes.open, async ({ caller, query: { path, version } }) =>
    mapResult(await secretOperations.read(caller, { resource: path, version }), wireOpened),
  );

  serve(secretRoutes.set, async ({ caller, body, idempotencyKey }) => {
    const value = new TextEncoder().encode(body.value);
    try {
      const secret = { ...body, value };
      return mapResult(await useCases.writeSecret(caller, secret, idempotencyKey), wireWritten);
    } finally {
      value.fill(0);
    }
  });

  serve(secretRoutes.create, async ({ caller, body, idempotencyKey }) =>
    mapResult(await secretOperations.create(caller, changeOf(body, idempotencyKey)), wireChange),
  );
  serve(secretRoutes.update, async ({ caller, body, idempotencyKey }) =>
    mapResult(await secretOperations.update(caller, changeOf(body, idempotencyKey)), wireChange),
  );
  serve(secretRoutes.rotate, async ({ caller, body, idempotencyKey }) =>
    mapResult(await secretOperations.rotate(caller, changeOf(body, idempotencyKey)), wireChange),
  );
  serve(secretRoutes.delete, async ({ caller, body, idempotencyKey }) =>
    mapResult(await secretOperations.delete(caller, changeOf(body, idempotencyKey)), wireChange),
  );
}

const changeOf = <T extends { path: string }>(
  { path, ...rest }: T,
  idempotencyKey: IdempotencyKey | undefined,
) => ({
  ...rest,
  resource: path,
  idempotencyKey: idempotencyKey?.key,
});

const wireOpened = ({ resource, value, ...rest }: SecretValue): WireOpenedSecret => ({
  path: resource,
  version: rest.version,
  ...encodeValue(value),
  grant: rest.grant,
  expiresAt: rest.expiresAt.toISOString(),
});

const wireChange = ({ resource, ...change }: SecretChange): WireSecretChange => ({
  path: resource,
  ...change,
});

const wireSecret = ({ path, version, createdAt, updatedAt }: SecretMetadata): WireSecret => ({
  path,
  version,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
});

const wireWritten = ({ unchanged, ...secret }: WrittenSecret): WireWrittenSecret => ({
  ...wireSecret(secret),
  ...(unchanged && { unchanged }),
});

const wireListed = (secret: ListedSecret): WireListedSecret => ({
  ...wireSecret(secret),
  access: secret.access,
});
