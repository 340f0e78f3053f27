/** A secret as the model sees it: its name and the access that the caller could get. Never a value. */

import type { ListedSecret } from '../usecases/secrets/list-secrets.js';

export function secretSummary({ path, version, access, createdAt, updatedAt }: ListedSecret) {
  return {
    resource: path,
    version,
    access,
    created_at: createdAt.toISOString(),
    updated_at: updatedAt.toISOString(),
  };
}
