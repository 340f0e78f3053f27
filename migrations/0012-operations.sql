-- Which request asked: the log finds an approval's whole way by it. No decision depends on it, and no digest covers it.

alter table approval
  add column request_id text check (request_id ~ '^[0-9a-f-]{32,36}$'),
  add column traceparent text check (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$');

-- ------------------------------------------------------------------ the audit trail, in parts

-- What parts there are or were. What is detached stays here, with the hash that the part behind it is chained to.
create table audit_part (
  name text primary key,
  first bigint not null check (first > 0),
  last bigint check (last >= first),
  opened_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  hash bytea check (octet_length(hash) = 32),
  detached_at timestamptz,
  check ((last is null) = (closed_at is null)),
  check (detached_at is null or (last is not null and hash is not null))
);
create unique index audit_part_open on audit_part ((true)) where last is null;

-- The table becomes the first part of one of the same name, with the same indexes; no row is copied, and none is read.
do $$
declare
  definitions text[];
  index_name text;
begin
  select array_agg(pg_get_indexdef(i.indexrelid)) into definitions
    from pg_index i where i.indrelid = 'audit_event'::regclass and not i.indisprimary;
  for index_name in
    select c.relname from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = 'audit_event'::regclass
  loop
    execute format('alter index %I rename to %I', index_name, index_name || '_1');
  end loop;
  drop trigger audit_event_append_only on audit_event;
  drop trigger audit_event_no_truncate on audit_event;
  alter table audit_event rename to audit_event_1;
  create table audit_event (
    sequence bigint constraint audit_event_sequence_check check (sequence > 0),
    at timestamptz not null,
    canonical text not null,
    hash bytea not null constraint audit_event_hash_check check (octet_length(hash) = 32),
    body jsonb not null generated always as (canonical::jsonb) stored,
    primary key (sequence)
  ) partition by range (sequence);
  foreach index_name in array definitions loop
    execute index_name;
  end loop;
end $$;
create trigger audit_event_append_only before update or delete on audit_event
  for each row execute function audit_is_append_only();
create trigger audit_event_no_truncate before truncate on audit_event
  for each statement execute function audit_is_append_only();
create trigger audit_event_no_truncate before truncate on audit_event_1
  for each statement execute function audit_is_append_only();
alter table audit_event attach partition audit_event_1 for values from (minvalue) to (maxvalue);
insert into audit_part (name, first, opened_at) values ('audit_event_1', 1, coalesce((select min(at) from audit_event), clock_timestamp()));

-- Closes the open part behind the last event and opens the next. Whoever appends waits for the head meanwhile, so nothing is lost.
-- False when the open part is empty.
create function audit_next_part() returns boolean language plpgsql as $$
declare
  head record;
  part record;
  next text;
begin
  select sequence, hash into head from audit_head for update;
  select name, first into part from audit_part where last is null for update;
  if head.sequence < part.first then
    return false;
  end if;
  next := format('audit_event_%s', head.sequence + 1);
  execute format('alter table audit_event detach partition %I', part.name);
  execute format('alter table audit_event attach partition %I for values from (%s) to (%s)', part.name,
    case part.first when 1 then 'minvalue' else part.first::text end, head.sequence + 1);
  execute format('create table %I partition of audit_event for values from (%s) to (maxvalue)', next, head.sequence + 1);
  execute format('create trigger audit_event_no_truncate before truncate on %I for each statement execute function audit_is_append_only()', next);
  update audit_part set last = head.sequence, hash = head.hash, closed_at = clock_timestamp() where name = part.name;
  insert into audit_part (name, first) values (next, head.sequence + 1);
  return true;
end $$;

-- Detaches the oldest part when all of it happened before that moment. It stays in the database, as append-only as it was.
create function audit_detach_oldest(before timestamptz)
  returns table (archive text, first bigint, last bigint, hash bytea) language plpgsql as $$
declare
  part record;
  newest timestamptz;
begin
  perform from audit_head for update;
  select p.name, p.first, p.last, p.hash into part
    from audit_part p where p.detached_at is null order by p.first limit 1;
  if part.last is null then
    return;
  end if;
  select e.at into newest from audit_event e where e.sequence = part.last;
  if newest is null or newest >= before then
    return;
  end if;
  -- What is not counted yet, or is still to be told, is needed where it is.
  if part.last > (select c.sequence from metric_cursor c)
     or exists (select from notification n where n.state = 'waiting' and n.sequence <= part.last) then
    return;
  end if;
  archive := format('audit_archive_%s_%s', part.first, part.last);
  execute format('alter table audit_event detach partition %I', part.name);
  execute format('alter table %I rename to %I', part.name, archive);
  execute format('create trigger audit_event_append_only before update or delete on %I for each row execute function audit_is_append_only()', archive);
  update audit_part p set name = archive, detached_at = clock_timestamp() where p.name = part.name;
  first := part.first;
  last := part.last;
  hash := part.hash;
  return next;
end $$;
