-- Rules of alerts, what they found, and what is silenced.

-- A rule without a metric changes how a built-in one works: whether it is on, its cooldown, and who is told.
create table alert_rule (
  name text primary key check (name ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
  metric text check (metric in ('access_count', 'request_count', 'denied_count', 'auto_approved_count', 'time_to_decision')),
  resource text check (octet_length(resource) <= 512),
  key_name text check (char_length(key_name) <= 128),
  operation text check (operation in ('list', 'read', 'write', 'delete')),
  threshold float8 check (threshold >= 0 and threshold <= 1000000000),
  period_ms integer check (period_ms between 60000 and 604800000),
  cooldown_ms integer not null check (cooldown_ms between 0 and 604800000),
  receivers text[] check (cardinality(receivers) > 0 and receivers <@ array['email', 'slack', 'webhook']),
  enabled boolean not null,
  updated_at timestamptz not null default clock_timestamp(),
  check ((metric is null) = (threshold is null) and (metric is null) = (period_ms is null)),
  check ((metric is null) = (name in ('novel_access', 'unusual_hours', 'burst')))
);

-- One row for each rule and subject: a key's name, or nothing for a rule that counts. It fires again only by being updated from
-- `resolved`, so whoever evaluates second finds that it is done.
create table alert (
  rule text not null,
  subject text not null check (char_length(subject) <= 128),
  state text not null check (state in ('firing', 'resolved')),
  value float8 not null,
  threshold float8 not null,
  fired_at timestamptz not null default clock_timestamp(),
  resolved_at timestamptz,
  primary key (rule, subject),
  check ((state = 'resolved') = (resolved_at is not null))
);

-- Without a subject it silences the whole rule.
create table alert_silence (
  rule text not null,
  subject text not null default '' check (char_length(subject) <= 128),
  until timestamptz not null,
  reason text not null check (char_length(reason) <= 2000),
  primary key (rule, subject)
);

-- What keys did lately, for the built-in rules. Only these types of event are looked at by time.
create index audit_event_use on audit_event (at) where body ->> 'type' in ('approval_requested', 'secret_read');
-- In which hours a key ever read.
create index metric_use_read on metric_use (principal, hour) where type = 'secret_read';
