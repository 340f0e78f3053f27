-- Finds audit events by resource, pattern and actor, newest first, at any size of the trail. A job fills it, so that appending costs nothing more; a
-- search looks at the events behind `audit_indexed` directly. It is derived from the hashed bytes: nothing but searches reads it.
-- The keys of an event about vsecure://secrets/a/b/c by alice: the resource, vsecure://secrets/a/**, vsecure://secrets/a/b/**,
-- vsecure://secrets#c and @alice.
create table audit_key (
  id integer generated always as identity primary key,
  key text collate "C" not null unique check (length(key) <= 600)
);

create table audit_seen (
  key integer not null,
  sequence bigint not null check (sequence > 0),
  primary key (key, sequence)
);

-- `sequence`: every event up to it is in audit_seen. `first`: rows of detached events, before it, are gone.
create table audit_indexed (
  only_one boolean primary key default true check (only_one),
  sequence bigint not null check (sequence >= 0),
  first bigint not null check (first > 0)
);
insert into audit_indexed (sequence, first) values (0, 1);
