-- The whole of vsecure's state. CHECK and UNIQUE constraints repeat the unions of src/domain, so that no program error and no
-- second program can write a state that the domain does not know.

create table installation (
  only_one boolean primary key default true check (only_one),
  id text not null check (id ~ '^inst_[0-9A-Za-z]{22}$'),
  key_check bytea not null check (octet_length(key_check) = 32),
  created_at timestamptz not null default clock_timestamp()
);

-- ------------------------------------------------------------------ people and keys

create table person (
  id text primary key check (id ~ '^prsn_[0-9A-Za-z]{22}$'),
  email text not null unique check (email = lower(email) and char_length(email) between 3 and 254),
  role text not null default 'member' check (role in ('admin', 'auditor', 'member')),
  active boolean not null default true,
  created_at timestamptz not null default clock_timestamp()
);

-- A Slack account links once and never relinks; a person has at most one in each team.
create table slack_account (
  team_id text not null check (team_id ~ '^[TE][A-Z0-9]{1,30}$'),
  user_id text not null check (user_id ~ '^[UW][A-Z0-9]{1,30}$'),
  person_id text not null references person,
  linked_at timestamptz not null default clock_timestamp(),
  primary key (team_id, user_id),
  unique (team_id, person_id)
);
create index slack_account_person on slack_account (person_id);

create table principal (
  id text primary key check (id ~ '^prin_[0-9A-Za-z]{22}$'),
  name text not null check (name ~ '^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$'),
  class text not null check (class in ('agent', 'human', 'service')),
  owner_id text not null references person,
  created_at timestamptz not null default clock_timestamp(),
  unique (id, class)
);
create unique index principal_name on principal (lower(name));

create table api_key (
  id text primary key check (id ~ '^[0-9A-Za-z]{10}$'),
  principal_id text not null,
  class text not null,
  scopes text[] not null check (cardinality(scopes) > 0),
  hash bytea not null unique check (octet_length(hash) = 32),
  hint text not null check (char_length(hint) = 4),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz,
  revoked_at timestamptz,
  foreign key (principal_id, class) references principal (id, class),
  check (expires_at > created_at),
  -- A decision is a right of people: no agent's key can hold it, whatever the program says.
  constraint api_key_class_scopes check (scopes <@ case class
    when 'agent' then array['access:request', 'secrets:list', 'grants:use', 'audit:read']
    when 'service' then array['resources:manage', 'secrets:manage', 'notifications:manage', 'keys:manage',
                              'audit:read', 'metrics:read']
    else array['access:request', 'secrets:list', 'grants:use', 'approvals:read', 'approvals:decide',
               'resources:manage', 'secrets:manage', 'notifications:manage', 'keys:manage', 'audit:read', 'metrics:read']
    end)
);
create index api_key_principal on api_key (principal_id);

-- ------------------------------------------------------------------ policies

create table policy (
  id text primary key check (id ~ '^plcy_[0-9A-Za-z]{22}$'),
  uri text not null unique check (octet_length(uri) <= 512),
  version integer not null default 1 check (version > 0),
  name text not null check (char_length(name) between 1 and 512),
  permissions text[] not null check (permissions <@ array['list', 'read', 'write', 'delete']),
  requires_approval boolean not null,
  approvers text[] check (cardinality(approvers) <= 50),
  decide_from text[] not null check (decide_from <@ array['slack', 'dashboard', 'cli', 'api']),
  min_approvals integer not null check (min_approvals between 1 and 10),
  allow_self_approval boolean not null,
  require_reason boolean,
  min_reason_length integer not null check (min_reason_length between 1 and 2000),
  require_decision_reason boolean not null,
  default_duration_ms integer not null check (default_duration_ms between 60000 and 604800000),
  max_duration_ms integer not null check (max_duration_ms between 60000 and 604800000),
  request_ttl_ms integer not null check (request_ttl_ms between 60000 and 604800000),
  max_uses integer check (max_uses > 0),
  channel text check (channel ~ '^[CGD][A-Z0-9]{1,30}$'),
  updated_at timestamptz not null default clock_timestamp()
);

-- ------------------------------------------------------------------ approvals, votes, grants

create table approval (
  id text primary key check (id ~ '^appr_[0-9A-Za-z]{22}$'),
  principal_id text not null references principal,
  policy_id text not null references policy,
  policy_version integer not null,
  operation text not null check (operation in ('list', 'read', 'write', 'delete')),
  resources text[] not null check (cardinality(resources) between 1 and 20),
  reason text not null check (char_length(reason) <= 2000),
  duration_ms integer not null check (duration_ms between 60000 and 604800000),
  claimed_client text check (char_length(claimed_client) <= 200),
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  asked integer not null default 1 check (asked > 0),
  status text not null check (status in ('pending', 'approved', 'denied', 'expired', 'cancelled')),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  settled_at timestamptz,
  settled_by text references person,
  decision_reason text check (char_length(decision_reason) <= 2000),
  granted_ms integer check (granted_ms between 60000 and duration_ms),
  unique (id, status),
  check (expires_at > created_at),
  constraint approval_settled check ((status = 'pending') = (settled_at is null)),
  constraint approval_granted check ((status = 'approved') = (granted_ms is not null)),
  constraint approval_denied_by_someone check (
    status <> 'denied' or (settled_by is not null and decision_reason is not null))
);
-- The same principal asking for the same thing while it is pending gets the same approval back.
create unique index approval_pending_question on approval (principal_id, operation, duration_ms, resources)
  where status = 'pending';
create index approval_due on approval (expires_at) where status = 'pending';
create index approval_newest on approval (created_at desc, id desc);
create index approval_principal on approval (principal_id, created_at desc, id desc);

create table vote (
  approval_id text not null references approval,
  person_id text not null references person,
  verdict text not null check (verdict in ('approve', 'deny')),
  door text not null check (door in ('slack', 'dashboard', 'cli', 'api')),
  reason text check (char_length(reason) <= 2000),
  duration_ms integer check (duration_ms between 60000 and 604800000),
  cast_at timestamptz not null default clock_timestamp(),
  primary key (approval_id, person_id)
);

create table access_grant (
  id text primary key check (id ~ '^grnt_[0-9A-Za-z]{22}$'),
  approval_id text not null unique,
  -- With the foreign key below: a grant of an approval that was not approved cannot be written.
  approval_status text not null default 'approved' check (approval_status = 'approved'),
  principal_id text not null references principal,
  policy_id text not null references policy,
  operation text not null check (operation in ('list', 'read', 'write', 'delete')),
  resources text[] not null check (cardinality(resources) between 1 and 20),
  digest text not null check (digest ~ '^[0-9a-f]{64}$'),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  max_uses integer check (max_uses > 0),
  uses integer not null default 0 check (uses >= 0 and uses <= coalesce(max_uses, uses)),
  ended_how text check (ended_how in ('revoked', 'released')),
  ended_at timestamptz,
  ended_by text,
  end_reason text check (char_length(end_reason) <= 2000),
  foreign key (approval_id, approval_status) references approval (id, status),
  check (ends_at > starts_at and ends_at <= starts_at + interval '7 days'),
  check ((ended_how is null) = (ended_at is null))
);
create index access_grant_live on access_grant (principal_id, ends_at) where ended_at is null;
create index access_grant_principal on access_grant (principal_id, ends_at desc);

-- ------------------------------------------------------------------ secrets

create table secret (
  id text primary key check (id ~ '^scrt_[0-9A-Za-z]{22}$'),
  path text not null check (octet_length(path) <= 512 and path ~ '^vsecure://(secrets|templates)/[A-Za-z0-9._/-]+$'),
  version integer not null default 0 check (version >= 0),
  created_at timestamptz not null default clock_timestamp(),
  updated_at timestamptz not null default clock_timestamp()
);
-- Two secrets whose paths differ only in case cannot exist.
create unique index secret_path on secret (lower(path));

create table secret_version (
  secret_id text not null references secret,
  version integer not null check (version > 0),
  algorithm smallint not null check (algorithm = 1),
  master_key_id text not null,
  wrapped_key bytea not null,
  iv bytea not null check (octet_length(iv) = 12),
  ciphertext bytea not null check (octet_length(ciphertext) <= 65536),
  tag bytea not null check (octet_length(tag) = 16),
  created_by text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (secret_id, version)
);

-- ------------------------------------------------------------------ audit

-- `canonical` is what the chain is reckoned over; everything that is searched by is derived from it, so that no column can
-- tell another story than the hashed bytes.
create table audit_event (
  sequence bigint primary key check (sequence > 0),
  at timestamptz not null,
  canonical text not null,
  hash bytea not null check (octet_length(hash) = 32),
  body jsonb not null generated always as (canonical::jsonb) stored
);
create index audit_event_principal on audit_event ((body ->> 'principal'), sequence desc)
  where body ->> 'principal' is not null;

create table audit_head (
  only_one boolean primary key default true check (only_one),
  sequence bigint not null check (sequence >= 0),
  hash bytea not null check (octet_length(hash) = 32)
);

create function audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is append-only';
end $$;
create trigger audit_event_append_only before update or delete on audit_event
  for each row execute function audit_is_append_only();
create trigger audit_event_no_truncate before truncate on audit_event
  for each statement execute function audit_is_append_only();

-- ------------------------------------------------------------------ outbox

-- One row for each destination and subject. It is due while `wanted` is ahead of `sent`: events want 1, a card wants one more
-- with every change of its approval, so that changes coalesce and only the latest state is drawn.
create table delivery (
  destination text not null check (destination in ('slack_card')),
  subject text not null,
  wanted integer not null default 1 check (wanted > 0),
  sent integer not null default 0 check (sent >= 0 and sent <= wanted),
  not_before timestamptz not null default clock_timestamp(),
  attempts integer not null default 0,
  leased_until timestamptz,
  last_error text check (char_length(last_error) <= 500),
  created_at timestamptz not null default clock_timestamp(),
  primary key (destination, subject)
);
create index delivery_due on delivery (destination, not_before) where sent < wanted;

-- Where a card was posted. A row without a message is a post whose outcome is not known.
create table card (
  approval_id text primary key references approval,
  team_id text not null,
  channel text not null,
  message_ts text not null,
  posted_at timestamptz not null default clock_timestamp()
);
create unique index card_message on card (channel, message_ts);

-- ------------------------------------------------------------------ jobs

-- One row for each fire of a scheduled job: whoever inserts it runs it.
create table job_run (
  key text primary key,
  owner text not null,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz
);
create index job_run_started on job_run (started_at);
