-- Indexes for searches of the audit trail, newest first: by type (reads are most of the events, and are left out), and by what an actor did
-- that does not concern the actor's own key. Each is built on every partition.
create index audit_event_type on audit_event ((body ->> 'type'), sequence desc) where body ->> 'type' <> 'secret_read';
create index audit_event_actor on audit_event ((body -> 'actor' ->> 'id'), sequence desc)
  where (body -> 'actor' ->> 'id') is distinct from (body ->> 'principal');

-- Refusals of a key's requests for its limits: the number since the last one on the audit trail, when that was, and the fields of the next event.
alter table principal
  add column limit_refusals integer not null default 0 check (limit_refusals >= 0),
  add column limit_refused_at timestamptz,
  add column limit_refusal jsonb;
