/** REST: grants. */

import { grantRoutes } from '../../contract/grant.js';
import type { UseCases } from '../../usecases/index.js';
import type { Serve } from '../serve-route.js';
import { wireGrant } from '../wire/access.js';
import { mapPage, mapResult } from '../wire/map-result.js';

export function serveGrants(
  serve: Serve,
  useCases: Pick<UseCases, 'viewApprovals' | 'releaseGrant' | 'revokeGrant'>,
): void {
  serve(grantRoutes.list, async ({ caller, query: { active, ...page } }) =>
    mapPage(await useCases.viewApprovals.grants(caller, { activeOnly: active }, page), wireGrant),
  );

  serve(grantRoutes.release, async ({ caller, params, idempotencyKey }) =>
    mapResult(await useCases.releaseGrant(caller, params.id, idempotencyKey), wireGrant),
  );

  serve(grantRoutes.revoke, async ({ caller, params, body, idempotencyKey }) =>
    mapResult(
      await useCases.revokeGrant(caller.owner, params.id, body.reason, idempotencyKey),
      wireGrant,
    ),
  );
}
