-- Who is told outside of the Slack app, and what each of them is still to be told.

-- At most one of each kind. Whatever is an address or signs is in `sealed` alone, under the master key.
create table receiver (
  kind text primary key check (kind in ('email', 'slack', 'webhook')),
  enabled boolean not null,
  -- Null: everything but reads.
  events text[] check (cardinality(events) > 0 and events <@ array['*', 'approval_requested', 'approval_decided',
    'approval_expired', 'access_granted', 'access_revoked', 'secret_read', 'secret_written', 'policy_changed', 'alert']),
  include_reason boolean not null default false,
  -- What people may see: recipients, a channel's name, an origin.
  shown jsonb not null check (jsonb_typeof(shown) = 'object'),
  version integer not null default 1 check (version > 0),
  algorithm smallint not null check (algorithm = 1),
  master_key_id text not null,
  wrapped_key bytea not null,
  iv bytea not null check (octet_length(iv) = 12),
  ciphertext bytea not null check (octet_length(ciphertext) <= 65536),
  tag bytea not null check (octet_length(tag) = 16),
  updated_at timestamptz not null default clock_timestamp(),
  -- Since when nothing has reached it any more.
  failing_since timestamptz,
  disabled_because text check (char_length(disabled_because) <= 200),
  check (disabled_because is null or not enabled)
);

-- One event of the audit trail for one receiver, written by the statement that appends the event.
create table notification (
  id text primary key check (id ~ '^dlvr_[0-9A-Za-z]{22,32}$'),
  receiver text not null check (receiver in ('email', 'slack', 'webhook')),
  sequence bigint not null check (sequence > 0),
  -- The same at every receiver and every try: 128 bits of the event's hash.
  event_id text not null check (event_id ~ '^evt_[0-9a-f]{32}$'),
  type text not null check (type in ('approval_requested', 'approval_decided', 'approval_expired', 'access_granted',
    'access_revoked', 'secret_read', 'secret_written', 'policy_changed', 'alert')),
  -- The approval that it belongs to: those of one approval are told in order.
  thread text,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'dead')),
  attempts integer not null default 0 check (attempts >= 0),
  not_before timestamptz not null default clock_timestamp(),
  leased_until timestamptz,
  last_error text check (char_length(last_error) <= 200),
  created_at timestamptz not null default clock_timestamp(),
  settled_at timestamptz,
  unique (receiver, sequence),
  check ((state = 'waiting') = (settled_at is null))
);
create index notification_due on notification (receiver, not_before) where state = 'waiting';
create index notification_thread on notification (receiver, thread, sequence) where state = 'waiting';
create index notification_settled on notification (settled_at) where state <> 'waiting';
create index notification_newest on notification (sequence desc, receiver);
