/** REST: grants. */

import { grantRoutes } from '../../contract/grant.js';
import type { UseCases } from '../../usecases/index.js';
import type { Serve } from '../serve-route.js';
import { wireGrant } from '../wire/access.js';
import { mapPage, mapResult } from '../wire/map-result.js';

export function serveGrants(serve: Serve, useCases: UseCases): void {
  serve(grantRoutes.list, async ({ caller, query: { active, ...page } }) =>
    mapPage(await useCases.showApprovals.grants(caller, { activeOnly: active }, page), wireGrant),
  );

  serve(grantRoutes.release, async ({ caller, params, repeat }) =>
    mapResult(await useCases.releaseGrant(caller, params.id, repeat), wireGrant),
  );

  serve(grantRoutes.revoke, async ({ caller, params, body, repeat }) =>
    mapResult(await useCases.revokeGrant(caller.owner, params.id, body.reason, repeat), wireGrant),
  );
}
