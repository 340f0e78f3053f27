/** The built-in alert rules in SQL: each compares the recent activity of a key with the same key's past. */

import type { BuiltInRule } from '../domain/alert.js';

/** For keys with 20 requests or more, the first at least a week ago: how many requests of the last hour name a resource that the key never requested with this operation. */
const NOVEL_ACCESS = `
  select p.name as subject, count(*)::float8 as value, 0::float8 as threshold
  from approval a join principal p on p.id = a.principal_id
  where a.created_at > (select clock_timestamp()) - interval '1 hour'
    and (select count(*) >= 20 and min(h.created_at) <= (select clock_timestamp()) - interval '7 days' from approval h
         where h.principal_id = a.principal_id and h.created_at <= (select clock_timestamp()) - interval '1 hour')
    and exists (select from unnest(a.resources) r where not exists (
      select from approval h where h.principal_id = a.principal_id and h.operation = a.operation
        and h.created_at < a.created_at and r = any(h.resources)))
  group by p.name order by p.name`;

/** The key `l` read in an hour that matches the condition. The previous hour does not belong to the past yet. */
const READ_IN = (hours: string) => `exists (select from metric_use m
  where m.type = 'secret_read' and m.principal = l.id and ${hours} and m.hour > n.hour - interval '30 days' and m.hour <= n.hour - interval '2 hours')`;

/**
 * For keys with 50 reads or more on 10 days or more of the last 30: how many reads of the last hour were at an hour of the day (UTC) in
 * which the key never read, nor in the hours before and after it. It reads the hourly counts, so that a long past costs no more.
 */
const UNUSUAL_HOURS = `
  with lately as (
    select body ->> 'principal' as id, date_trunc('hour', at, 'UTC') as hour, count(*) as reads from audit_event
    where body ->> 'type' = 'secret_read' and at > (select clock_timestamp()) - interval '1 hour'
    group by 1, 2),
  n as materialized (select date_trunc('hour', clock_timestamp(), 'UTC') as hour, date_trunc('day', clock_timestamp(), 'UTC') as day)
  select p.name as subject, sum(l.reads)::float8 as value, 0::float8 as threshold
  from lately l cross join n join principal p on p.id = l.id
  where not exists (
      select from generate_series(l.hour - interval '30 days', l.hour, interval '1 day') usual
      where ${READ_IN(`m.hour in (usual - interval '1 hour', usual, usual + interval '1 hour')`)})
    and 10 <= (
      select count(*) from generate_series(n.day - interval '30 days', n.day, interval '1 day') date
      where ${READ_IN(`m.hour >= date and m.hour < date + interval '1 day'`)})
    and 50 <= (
      select sum(reads.count) from (
        select m.count from metric_use m where m.type = 'secret_read' and m.principal = l.id
          and m.hour > n.hour - interval '30 days' and m.hour <= n.hour - interval '2 hours' limit 50) reads)
  group by p.name order by p.name`;

/**
 * For keys with 50 requests and reads or more on 3 days or more of the last 7: their number in the last ten minutes. The threshold is five
 * times the average of the ten-minute periods that had any, and at least 20.
 */
const BURST = `
  with lately as (
    select body ->> 'principal' as id, count(*) as value from audit_event
    where body ->> 'type' in ('approval_requested', 'secret_read') and at > (select clock_timestamp()) - interval '10 minutes'
    group by 1 having count(*) > 20),
  past as (
    select l.id, count(*)::float8 / count(distinct floor(extract(epoch from e.at) / 600)) as average
    from lately l join audit_event e on e.body ->> 'principal' = l.id
    where e.body ->> 'type' in ('approval_requested', 'secret_read')
      and e.at > (select clock_timestamp()) - interval '7 days' and e.at <= (select clock_timestamp()) - interval '10 minutes'
    group by l.id having count(*) >= 50 and count(distinct (e.at at time zone 'UTC')::date) >= 3)
  select p.name as subject, l.value::float8 as value, floor(greatest(20, 5 * h.average))::float8 as threshold
  from lately l join past h using (id) join principal p on p.id = l.id
  where l.value > greatest(20, 5 * h.average) order by p.name`;

export const ANOMALIES: Record<BuiltInRule, string> = {
  novel_access: NOVEL_ACCESS,
  unusual_hours: UNUSUAL_HOURS,
  burst: BURST,
};
