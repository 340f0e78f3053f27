/** REST: policies of resources. */

import { policyRoutes } from '../../contract/policy.js';
import { policySetRoutes } from '../../contract/policy-set.js';
import type { UseCases } from '../../usecases/index.js';
import type { Call, Serve } from '../serve-route.js';
import { mapItems, mapResult } from '../wire/map-result.js';
import { onePage } from '../wire/one-page.js';
import { wireApplied, wirePolicy } from '../wire/policy.js';
import { type ReadDocument, readDocument, readDocuments } from '../wire/policy-document.js';

type Configure = Pick<Call<typeof policyRoutes.merge>, 'caller' | 'body' | 'idempotencyKey'>;

export function serveResources(
  serve: Serve,
  useCases: Pick<UseCases, 'configureResource' | 'showPolicies' | 'applyPolicies'>,
): void {
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
      const read = await readDocuments(policies);
      if (!read.ok) return read;
      const set = { writes: read.value.map(replaceWith), prune, dryRun };
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

/** A policy set replaces: a field that it does not name gets its default. */
export const replaceWith = ({ uri, changes }: ReadDocument) =>
  ({ uri, changes, mode: 'replace' }) as const;
