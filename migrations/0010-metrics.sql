-- Uses and events, counted up to an event of the audit trail; what is behind it is counted when somebody asks. Events are committed in the
-- order of their numbers, so that none is ever passed over.
create table metric_cursor (
  only_one boolean primary key default true check (only_one),
  sequence bigint not null check (sequence >= 0)
);
insert into metric_cursor (sequence) values (0);

-- Reads and changes, by the hour. `principal`: whose access it was, or who acted as an operator.
create table metric_use (
  hour timestamptz not null,
  type text not null,
  resource text not null,
  principal text not null,
  operation text not null,
  count bigint not null check (count > 0),
  primary key (hour, type, resource, principal, operation)
);

-- Events since the beginning. `outcome`: how something was decided, or why it was refused.
create table metric_total (
  type text not null,
  outcome text not null,
  count bigint not null check (count > 0),
  primary key (type, outcome)
);

-- Times come in the order of the numbers, so that a coarse index finds them, and costs next to nothing to keep.
create index audit_event_at on audit_event using brin (at) with (pages_per_range = 16, autosummarize = on);
