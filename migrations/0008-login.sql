-- Logins from a terminal: asked for there, confirmed by a person in Slack, taken once by the terminal that asked.

create table login (
  id text primary key check (id ~ '^lgin_[0-9A-Za-z]{22}$'),
  code_hash text not null unique check (code_hash ~ '^[0-9a-f]{64}$'),
  secret_hash text not null check (secret_hash ~ '^[0-9a-f]{64}$'),
  -- What the terminal calls itself, and where it came from: shown to whoever confirms.
  device text not null check (char_length(device) between 1 and 100),
  address text not null check (char_length(address) <= 100),
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  person_id text references person,
  confirmed_at timestamptz,
  claimed_at timestamptz,
  check ((person_id is null) = (confirmed_at is null)),
  check (claimed_at is null or confirmed_at is not null)
);
create index login_open on login (expires_at) where claimed_at is null;
