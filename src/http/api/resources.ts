/** REST: resources, which is to say the policies that guard them. */

import { policyRoutes } from '../../contract/policy.js';
import { policySetRoutes } from '../../contract/policy-set.js';
import type { UseCases } from '../../usecases/index.js';
import type { Call, Serve } from '../serve-route.js';
import { mapItems, mapResult } from '../wire/map-result.js';
import { wireApplied, wirePolicy } from '../wire/policy.js';
import { type ReadDocument, readDocument, readDocuments } from '../wire/policy-document.js';
import { onePage } from '../wire/single-page.js';

type Configure = Pick<Call<typeof policyRoutes.merge>, 'caller' | 'body' | 'idempotencyKey'>;

export function serveResources(serve: Serve, useCases: UseCases): void {
  const configure = async (
    { caller, body, idempotencyKey }: Configure,
    mode: 'merge' | 'replace',
  ) => {
    const read = readDocument(body);
    if (!read.ok) return read;
    const { uri, changes, notes } = read.value;
    const configured = await useCases.configureResource(caller, uri, changes, mode, idempotencyKey);
    return mapResult(configured, ({ policy, warnings }) => ({
      policy: wirePolicy(policy),
      warnings: [...notes, ...warnings],
    }));
  };

  serve(policyRoutes.list, async ({ caller, query }) =>
    onePage(await useCases.showPolicies(caller), query, ({ uri }) => uri, wirePolicy),
  );
  serve(policyRoutes.merge, (call) => configure(call, 'merge'));
  serve(policyRoutes.replace, (call) => configure(call, 'replace'));

  serve(
    policySetRoutes.apply,
    async ({ caller, idempotencyKey, body: { policies, prune, dryRun } }) => {
      const read = readDocuments(policies);
      if (!read.ok) return read;
      const set = { writes: read.value.map(replacing), prune, dryRun };
      const notes = new Map(read.value.map(({ uri, notes }) => [uri, notes]));
      return mapItems(await useCases.applyPolicies(caller, set, idempotencyKey), (applied) =>
        wireApplied({
          ...applied,
          warnings: [...(notes.get(applied.uri) ?? []), ...applied.warnings],
        }),
      );
    },
  );
}

/** A set says everything about its policies: what is not named gets its default. */
export const replacing = ({ uri, changes }: ReadDocument) =>
  ({ uri, changes, mode: 'replace' }) as const;
