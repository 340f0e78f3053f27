/** Runs each use case in a span of its own. Without a collector the use cases stay as they are. */

import type { Store } from '../ports/index.js';
import type { UseCases } from '../usecases/index.js';
import type { Tracing } from './span.js';

export function withTracing(useCases: UseCases, tracing: Tracing | undefined): UseCases {
  if (!tracing) return useCases;
  const traced = createTraced(tracing);
  const { decide, changeSecret, secretOperations } = useCases;
  return {
    ...useCases,
    requestAccess: traced('request access', useCases.requestAccess),
    waitForDecision: traced('await decision', useCases.waitForDecision),
    readSecret: traced('read secret', useCases.readSecret),
    revokeGrant: traced('revoke grant', useCases.revokeGrant),
    changeSecret: traceChanges(traced, changeSecret),
    secretOperations: {
      ...traceChanges(traced, secretOperations),
      read: traced('read secret', secretOperations.read),
    },
    // A decision is another trace than the request for access, so its span links to that one.
    decide: (...args) =>
      tracing.span('decide', async (span) => {
        const result = await decide(...args);
        span.record({ approval: args[1].approval, outcome: outcomeOf(result) });
        if (result.ok && result.value.traceparent) span.link(result.value.traceparent);
        return result;
      }),
  };
}

/** Runs each transaction in a span. */
export function withTracedTransactions(store: Store, tracing: Tracing | undefined): Store {
  if (!tracing) return store;
  return {
    ...store,
    transaction: (work, together) =>
      tracing.span('transaction', () => store.transaction(work, together)),
  };
}

type Traced = ReturnType<typeof createTraced>;

function createTraced(tracing: Tracing) {
  return <A extends readonly unknown[], R>(
    name: string,
    useCase: (...args: A) => Promise<R>,
  ): ((...args: A) => Promise<R>) => {
    return (...args) =>
      tracing.span(name, async (span) => {
        const result = await useCase(...args);
        span.record({ outcome: outcomeOf(result) });
        return result;
      });
  };
}

const traceChanges = (traced: Traced, changes: UseCases['changeSecret']) => ({
  create: traced('create secret', changes.create),
  update: traced('update secret', changes.update),
  rotate: traced('rotate secret', changes.rotate),
  delete: traced('delete secret', changes.delete),
});

/** `done`, or the code of the refusal; undefined when the use case answers with something other than a result. */
function outcomeOf(result: unknown): string | undefined {
  if (typeof result !== 'object' || result === null || !('ok' in result)) return undefined;
  const { refusal } = result as { refusal?: { readonly code?: string } };
  return result.ok ? 'done' : refusal?.code;
}
