/** REST: resources, which is to say the policies that guard them. */

import { policyRoutes } from '../../contract/policy.js';
import type { UseCases } from '../../usecases/index.js';
import type { Call, Serve } from '../serve-route.js';
import { mapItems, mapResult } from '../wire/map-result.js';
import { readPolicy, wirePolicy } from '../wire/policy.js';

type Configure = Pick<Call<typeof policyRoutes.merge>, 'caller' | 'body'>;

export function serveResources(serve: Serve, useCases: UseCases): void {
  const configure = async ({ caller, body }: Configure, mode: 'merge' | 'replace') => {
    const changes = readPolicy(body);
    if (!changes.ok) return changes;
    const configured = await useCases.configureResource(caller, body.uri, changes.value, mode);
    return mapResult(configured, ({ policy, warnings }) => ({
      policy: wirePolicy(policy),
      warnings: [...warnings],
    }));
  };

  serve(policyRoutes.list, async ({ caller }) =>
    mapItems(await useCases.showPolicies(caller), wirePolicy),
  );
  serve(policyRoutes.merge, (call) => configure(call, 'merge'));
  serve(policyRoutes.replace, (call) => configure(call, 'replace'));
}
