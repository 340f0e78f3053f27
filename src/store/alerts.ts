/** Rules and alerts. An alert fires and resolves by conditional updates alone. */

import type { Alert, AlertRule, Observation } from '../domain/alert.js';
import type { Metric, Operation, ReceiverKind } from '../domain/vocabulary.js';
import type { AlertReads, Alerts } from '../ports/index.js';
import { UNLIKE } from './alerts-built-in.js';
import { only, type Sql } from './sql.js';

interface RuleRow {
  readonly name: string;
  readonly metric: Metric | null;
  readonly resource: string | null;
  readonly key_name: string | null;
  readonly operation: Operation | null;
  readonly threshold: number | null;
  readonly period_ms: number | null;
  readonly cooldown_ms: number;
  readonly receivers: ReceiverKind[] | null;
  readonly enabled: boolean;
}

interface AlertRow extends Observation {
  readonly rule: string;
  readonly state: Alert['state'];
  readonly fired_at: Date;
  readonly resolved_at: Date | null;
  readonly until: Date | null;
}

const FIRE = `
  insert into alert (rule, subject, state, value, threshold)
  select $1, $2, 'firing', $3, $4
  where not exists (select from alert_silence
    where rule = $1 and subject in ('', $2) and until > clock_timestamp())
  on conflict (rule, subject) do update
    set state = 'firing', value = excluded.value, threshold = excluded.threshold,
      fired_at = clock_timestamp(), resolved_at = null
    where alert.state = 'resolved'
      and alert.fired_at <= clock_timestamp() - $5::float8 * interval '1 ms'
  returning 1`;

const LIST = `
  select a.rule, a.subject, a.value, a.threshold, a.fired_at, a.resolved_at, s.until,
    case when s.until is null then a.state else 'silenced' end as state
  from alert a left join lateral (
    select max(until) as until from alert_silence s
    where s.rule = a.rule and s.subject in ('', a.subject) and s.until > clock_timestamp()) s on true
  order by a.fired_at desc, a.rule, a.subject limit 1000`;

export function alertReads(sql: Sql): AlertReads {
  return {
    rules: async () => (await sql<RuleRow>('select * from alert_rule order by name')).map(toRule),
    list: async () => (await sql<AlertRow>(LIST)).map(toAlert),
    findAnomalies: (rule) => sql<Observation>(UNLIKE[rule]),
  };
}

export function alerts(sql: Sql): Alerts {
  return {
    ...alertReads(sql),

    lockRules: async () => void (await sql('lock table alert_rule in share row exclusive mode')),

    async setRule(rule) {
      const counted = rule.metric === undefined ? undefined : rule;
      await sql(
        `insert into alert_rule (name, metric, resource, key_name, operation, threshold, period_ms, cooldown_ms, receivers, enabled)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (name) do update set metric = excluded.metric, resource = excluded.resource, key_name = excluded.key_name,
           operation = excluded.operation, threshold = excluded.threshold, period_ms = excluded.period_ms,
           cooldown_ms = excluded.cooldown_ms, receivers = excluded.receivers, enabled = excluded.enabled,
           updated_at = clock_timestamp()`,
        [
          rule.name,
          counted?.metric ?? null,
          counted?.resource ?? null,
          counted?.key ?? null,
          counted?.operation ?? null,
          counted?.threshold ?? null,
          counted?.period ?? null,
          rule.cooldown,
          rule.to ?? null,
          rule.enabled,
        ],
      );
    },

    async removeRule(name) {
      const gone = await sql('delete from alert_rule where name = $1 returning name', [name]);
      await sql('delete from alert where rule = $1', [name]);
      await sql('delete from alert_silence where rule = $1', [name]);
      return gone.length === 1;
    },

    async fire(rule, { subject, value, threshold }, cooldown) {
      const fired = await sql(FIRE, [rule, subject, value, threshold, cooldown]);
      return fired.length === 1;
    },

    resolveOthers: (rule, subjects) =>
      sql<Observation>(
        `update alert set state = 'resolved', resolved_at = clock_timestamp()
         where rule = $1 and state = 'firing' and subject <> all($2::text[])
         returning subject, value, threshold`,
        [rule, subjects],
      ),

    async silence(rule, subject, ms, reason) {
      const rows = await sql<{ until: Date }>(
        `insert into alert_silence (rule, subject, until, reason)
         values ($1, $2, clock_timestamp() + $3::float8 * interval '1 ms', $4)
         on conflict (rule, subject) do update set until = excluded.until, reason = excluded.reason
         returning until`,
        [rule, subject, ms, reason],
      );
      return only(rows).until;
    },
  };
}

function toRule(row: RuleRow): AlertRule {
  const settings = {
    name: row.name,
    cooldown: row.cooldown_ms,
    to: row.receivers ?? undefined,
    enabled: row.enabled,
  };
  const { metric, threshold, period_ms: period } = row;
  if (metric === null || threshold === null || period === null) return settings as AlertRule;
  return {
    ...settings,
    metric,
    threshold,
    period,
    resource: row.resource ?? undefined,
    key: row.key_name ?? undefined,
    operation: row.operation ?? undefined,
  };
}

const toAlert = ({ fired_at, resolved_at, until, ...row }: AlertRow): Alert => ({
  ...row,
  firedAt: fired_at,
  resolvedAt: resolved_at ?? undefined,
  silencedUntil: until ?? undefined,
});
