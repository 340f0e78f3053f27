/** REST: alerts and alert rules. */

import { alertRoutes, type WireAlert, type WireAlertRule } from '../../contract/alert.js';
import type { Alert, AlertRule } from '../../domain/alert.js';
import { formatDuration } from '../../domain/duration.js';
import type { UseCases } from '../../usecases/index.js';
import { readDuration, readOptionalDuration } from '../durations.js';
import type { Serve } from '../serve-route.js';
import { mapResult } from '../wire/map-result.js';
import { onePage } from '../wire/one-page.js';

export function serveAlerts(serve: Serve, { manageAlerts }: Pick<UseCases, 'manageAlerts'>): void {
  serve(alertRoutes.list, async ({ caller, query }) =>
    onePage(await manageAlerts.listAlerts(caller), query, byRuleAndSubject, wireAlert),
  );

  serve(alertRoutes.rules, async ({ caller, query }) =>
    onePage(await manageAlerts.listAlertRules(caller), query, ({ name }) => name, wireRule),
  );

  serve(alertRoutes.set, async ({ caller, idempotencyKey, body: { name, ...change } }) => {
    const period = readOptionalDuration(change.period);
    if (!period.ok) return period;
    const cooldown = readOptionalDuration(change.cooldown);
    if (!cooldown.ok) return cooldown;
    const read = { ...change, period: period.value, cooldown: cooldown.value };
    return mapResult(await manageAlerts.setAlertRule(caller, name, read, idempotencyKey), wireRule);
  });

  serve(alertRoutes.remove, async ({ caller, idempotencyKey, body }) =>
    manageAlerts.removeAlertRule(caller, body.name, idempotencyKey),
  );

  serve(alertRoutes.silence, async ({ caller, idempotencyKey, body }) => {
    const duration = readDuration(body.duration);
    if (!duration.ok) return duration;
    const silence = { ...body, duration: duration.value };
    const silenced = await manageAlerts.silenceAlert(caller, silence, idempotencyKey);
    // A replayed result comes from stored JSON, where a time is text.
    return mapResult(silenced, ({ alert, until }) => ({
      alert,
      until: new Date(until).toISOString(),
    }));
  });
}

/** Alerts of one rule differ by subject. */
const byRuleAndSubject = ({ rule, subject }: Alert) => `${rule}/${subject}`;

const wireAlert = ({ subject, firedAt, resolvedAt, silencedUntil, ...rest }: Alert): WireAlert => ({
  ...rest,
  ...(subject !== '' && { key: subject }),
  firedAt: firedAt.toISOString(),
  resolvedAt: resolvedAt?.toISOString(),
  silencedUntil: silencedUntil?.toISOString(),
});

function wireRule(rule: AlertRule): WireAlertRule {
  const { name, cooldown, enabled, to } = rule;
  const settings = {
    name,
    cooldown: formatDuration(cooldown),
    enabled,
    ...(to && { to: [...to] }),
  };
  if (rule.metric === undefined) return settings;
  const { metric, resource, key, operation, threshold, period } = rule;
  const counted = { metric, resource, key, operation, threshold };
  return { ...settings, ...counted, period: formatDuration(period) };
}
