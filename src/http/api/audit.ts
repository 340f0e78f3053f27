/** REST: the audit trail. */

import type { z } from 'zod';
import { auditRoutes, CHAIN_PAGE, type WireAuditEvent } from '../../contract/audit.js';
import { momentOf } from '../../domain/instant.js';
import { parsePattern } from '../../domain/pattern.js';
import { ok } from '../../domain/result.js';
import type { ShownEvent } from '../../usecases/audit/query-audit.js';
import type { UseCases } from '../../usecases/index.js';
import type { Serve } from '../serve-route.js';
import { mapPage } from '../wire/map-result.js';

/** `now` only turns "24h ago" into a date. The database's clock decides what has expired. */
export function serveAudit(
  serve: Serve,
  {
    queryAudit,
    countEvents,
    exportAudit,
  }: Pick<UseCases, 'queryAudit' | 'countEvents' | 'exportAudit'>,
  now: () => Date,
): void {
  const momentIn = (text: string | undefined) =>
    text === undefined ? undefined : momentOf(text, now());

  const filterOf = ({ since, until, resource, actor, type, verdict, entryPoint }: Filter) => {
    const pattern = resource === undefined ? undefined : parsePattern(resource);
    if (pattern && !pattern.ok) return pattern;
    const period = { since: momentIn(since), until: momentIn(until) };
    return ok({ resource, actor, type, verdict, entryPoint, ...period });
  };

  serve(auditRoutes.list, async ({ caller, query }) => {
    const filter = filterOf(query);
    return filter.ok ? mapPage(await queryAudit(caller, filter.value, query), wireEvent) : filter;
  });

  serve(auditRoutes.count, async ({ caller, query }) => {
    const filter = filterOf(query);
    if (!filter.ok) return filter;
    const { groupBy } = query;
    const counted = await countEvents(caller, { ...filter.value, groupBy }, query);
    return mapPage(counted, ({ name, count }) =>
      groupBy === 'resource' ? { resource: name, count } : { name, count },
    );
  });

  serve(auditRoutes.chain, async ({ caller, query: { after } }) => {
    const exported = await exportAudit(caller, Number(after), CHAIN_PAGE);
    if (!exported.ok) return exported;
    const { links, partitions, ...rest } = exported.value;
    return ok({ ...rest, partitions: [...partitions], links: [...links] });
  });
}

/** The filter that listing and counting share. */
type Filter = Omit<z.output<typeof auditRoutes.list.query>, 'limit' | 'after'>;

const wireEvent = ({
  resources,
  actor,
  details,
  entryPoint: door,
  holder,
  ...event
}: ShownEvent): WireAuditEvent => ({
  ...event,
  door,
  actor: holder ? { ...actor, class: holder.class, owner: holder.owner } : actor,
  resources: resources && [...resources],
  details: details && { ...details },
});
