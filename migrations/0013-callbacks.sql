-- What clients of protocol 2025-11-25 and older need from a server that keeps no sessions: their answers, and what they want to be told of.

-- A question to the person at a tool, which waits in one process while the answer may come to another. Gone as soon as it was answered.
create table question (
  id text primary key check (id ~ '^ask_[0-9A-Za-z]{22}$'),
  principal_id text not null references principal,
  answer text check (octet_length(answer) <= 65536),
  asked_at timestamptz not null default clock_timestamp()
);
create index question_asked on question (asked_at);

-- The requests that a client wants to be told of, by the id of its session; how each stood then, lest a change go by untold.
create table subscription (
  session text not null check (session ~ '^sess_[0-9A-Za-z]{22}$'),
  principal_id text not null references principal,
  approval_id text not null references approval,
  standing text not null,
  subscribed_at timestamptz not null default clock_timestamp(),
  primary key (session, principal_id, approval_id)
);
create index subscription_subscribed on subscription (subscribed_at);
