/** How much was asked, how it was decided and how fast: numbers alone, of what the viewer may see. */

import type { AccessMetrics, Span, Store } from '../domain/ports.js';
import type { Result } from '../domain/result.js';
import { needScopeToView, sightOf, type Viewer } from './viewer.js';

export type Metrics = (viewer: Viewer, span: Span) => Promise<Result<AccessMetrics>>;

export function createMetrics(store: Store, defaultApprovers: readonly string[]): Metrics {
  return async (viewer, span) => {
    const forbidden = needScopeToView(viewer, 'metrics:read');
    if (forbidden) return forbidden;
    const sight = await sightOf({ store, defaultApprovers }, viewer);
    return { ok: true, value: await store.metrics.access(sight, span) };
  };
}
