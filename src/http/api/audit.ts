/** REST: the audit trail. */

import { auditRoute, type WireAuditEvent } from '../../contract/audit.js';
import type { RecordedEvent } from '../../domain/audit-event.js';
import { parseDuration } from '../../domain/duration.js';
import { parsePattern } from '../../domain/pattern.js';
import type { UseCases } from '../../usecases/index.js';
import type { Serve } from '../serve-route.js';
import { mapPage } from '../wire/map-result.js';

/** `now` only turns "24h ago" into a date; what has ended is the database's to say. */
export function serveAudit(serve: Serve, { queryAudit }: UseCases, now: () => Date): void {
  const momentOf = (text: string | undefined): Date | undefined => {
    if (text === undefined) return undefined;
    const ago = parseDuration(text);
    return ago === undefined ? new Date(text) : new Date(now().getTime() - ago);
  };

  serve(auditRoute, async ({ caller, query: { since, until, limit, after, ...rest } }) => {
    const pattern = rest.resource === undefined ? undefined : parsePattern(rest.resource);
    if (pattern && !pattern.ok) return pattern;
    const filter = { ...rest, since: momentOf(since), until: momentOf(until) };
    return mapPage(await queryAudit(caller, filter, { limit, after }), wireEvent);
  });
}

const wireEvent = ({ resources, actor, details, ...event }: RecordedEvent): WireAuditEvent => ({
  ...event,
  actor: { ...actor },
  resources: resources && [...resources],
  details: details && { ...details },
});
