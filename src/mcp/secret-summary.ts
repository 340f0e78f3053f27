/** A secret as a model sees it: what it is called and what could be had of it. Never a value. */

import type { ListedSecret } from '../usecases/secrets/list-secrets.js';

export function showSecret({ path, version, access, createdAt, updatedAt }: ListedSecret) {
  return {
    resource: path,
    version,
    access,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
