/** REST: the audit trail. */

import { auditRoute, type WireAuditEvent } from '../../contract/audit.js';
import type { RecordedEvent } from '../../domain/audit-event.js';
import { momentOf } from '../../domain/moment.js';
import { parsePattern } from '../../domain/pattern.js';
import type { UseCases } from '../../usecases/index.js';
import type { Serve } from '../serve-route.js';
import { mapPage } from '../wire/map-result.js';

/** `now` only turns "24h ago" into a date; what has ended is the database's to say. */
export function serveAudit(serve: Serve, { queryAudit }: UseCases, now: () => Date): void {
  const momentIn = (text: string | undefined) =>
    text === undefined ? undefined : momentOf(text, now());

  serve(auditRoute, async ({ caller, query: { since, until, limit, after, ...rest } }) => {
    const pattern = rest.resource === undefined ? undefined : parsePattern(rest.resource);
    if (pattern && !pattern.ok) return pattern;
    const filter = { ...rest, since: momentIn(since), until: momentIn(until) };
    return mapPage(await queryAudit(caller, filter, { limit, after }), wireEvent);
  });
}

const wireEvent = ({ resources, actor, details, ...event }: RecordedEvent): WireAuditEvent => ({
  ...event,
  actor: { ...actor },
  resources: resources && [...resources],
  details: details && { ...details },
});
