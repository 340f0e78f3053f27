/** Count audit events for each resource, among those that the viewer may see. */

import { PAGE_MAX } from '../../domain/limits.js';
import { ok, type Result } from '../../domain/result.js';
import type { AuditFilter, Page } from '../../ports/index.js';
import type { Viewer } from '../authorization/viewer.js';
import type { QueryAudit } from './query-audit.js';

export interface CountedAudit {
  /** The highest count first, then by name. An event counts for each of its resources. */
  readonly counts: readonly { readonly resource: string; readonly count: number }[];
  readonly events: number;
  /** True when older events exist that were not counted. */
  readonly more: boolean;
}

export type CountAudit = (
  viewer: Viewer,
  filter: Omit<AuditFilter, 'visibility'>,
) => Promise<Result<CountedAudit>>;

/** The maximum number of newest events to count: more than a chart of a week needs, few enough for an interactive answer. */
const EVENTS_MAX = 5000;

/** The most pages to read. A page may be short, because it covers a bounded part of the trail. */
const PAGES_MAX = 50;

export function createCountAudit(queryAudit: QueryAudit): CountAudit {
  return async (viewer, filter) => {
    const counts = new Map<string, number>();
    let events = 0;
    let page: Page = { limit: PAGE_MAX };
    for (let pages = 1; ; pages += 1) {
      const answer = await queryAudit(viewer, filter, page);
      if (!answer.ok) return answer;
      const { items, next } = answer.value;
      for (const { resources = [] } of items)
        for (const one of resources) counts.set(one, (counts.get(one) ?? 0) + 1);
      events += items.length;
      if (next === undefined || events >= EVENTS_MAX || pages >= PAGES_MAX)
        return ok({ counts: ranked(counts), events, more: next !== undefined });
      page = { limit: PAGE_MAX, after: next };
    }
  };
}

const ranked = (counts: ReadonlyMap<string, number>) =>
  [...counts]
    .map(([resource, count]) => ({ resource, count }))
    .sort((a, b) => b.count - a.count || (a.resource < b.resource ? -1 : 1));
