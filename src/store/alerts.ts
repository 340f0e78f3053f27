/** Alerts: each fires and resolves by conditional updates alone. */

import type { Alert, Observation } from '../domain/alert.js';
import type { AlertReads, Alerts } from '../ports/index.js';
import { ANOMALIES } from './alert-anomalies.js';
import type { AlertRules } from './alert-rules.js';
import { only, type Sql } from './sql.js';

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

export function alertReads(sql: Sql, rules: AlertRules): AlertReads {
  return {
    rules: rules.list,
    list: async () => (await sql<AlertRow>(LIST)).map(toAlert),
    findAnomalies: (rule) => sql<Observation>(ANOMALIES[rule]),
  };
}

export function alerts(sql: Sql, rules: AlertRules): Alerts {
  return {
    ...alertReads(sql, rules),

    lockRules: async () => void (await sql('lock table alert_rule in share row exclusive mode')),

    setRule: rules.set,

    async removeRule(name) {
      await sql('delete from alert where rule = $1', [name]);
      await sql('delete from alert_silence where rule = $1', [name]);
      return rules.remove(name);
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

const toAlert = ({ fired_at, resolved_at, until, ...row }: AlertRow): Alert => ({
  ...row,
  firedAt: fired_at,
  resolvedAt: resolved_at ?? undefined,
  silencedUntil: until ?? undefined,
});
