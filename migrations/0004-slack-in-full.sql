-- Slack in full: cards in several places, digests, messages to people, reminders, one-time codes, suspended keys, App Home.

-- A request is shown in a channel, in direct messages to approvers, by one digest that several requests share, or, where no person
-- had to decide, by a line of a message.
alter table card
  drop constraint card_pkey,
  add primary key (approval_id, channel),
  add column kind text not null default 'card' check (kind in ('card', 'digest', 'line')),
  add column permalink text check (char_length(permalink) <= 1000),
  -- Up to which revision it was drawn: when one copy fails, the others are not drawn again.
  add column drawn integer not null default 0 check (drawn >= 0);
drop index card_message;
create unique index card_message on card (channel, message_ts) where kind = 'card';
create index card_digest on card (channel, message_ts) where kind = 'digest';
create index card_digest_newest on card (channel, posted_at) where kind = 'digest';

-- When people were reminded, when further approvers were told, and when a quiet line told of what no person decided.
alter table approval
  add column reminded_at timestamptz,
  add column escalated_at timestamptz,
  add column shown_at timestamptz;
update approval set shown_at = clock_timestamp() where status = 'approved' and settled_by is null;
-- A report says that conditions were looked at; where a policy asks nobody at all there is none.
create index approval_unshown on approval (policy_id, created_at)
  where status = 'approved' and settled_by is null and shown_at is null and auto_report is not null;
-- What else was asked of the same resources.
create index approval_resources on approval using gin (resources);

-- When the owner was told of the first use. No index names `uses`, so that counting one stays cheap.
alter table access_grant add column use_told_at timestamptz;
update access_grant set use_told_at = clock_timestamp() where uses > 0;
create index access_grant_use_untold on access_grant (ends_at) where use_told_at is null;

-- A suspended principal's keys work no more until an administrator resumes it.
alter table principal
  add column suspended_at timestamptz,
  add column suspended_by text references person,
  add constraint principal_suspended check ((suspended_at is null) = (suspended_by is null));

-- What a person is to be told in a direct message. Several that wait become one message.
create table notice (
  id bigint generated always as identity primary key,
  person_id text not null references person,
  kind text not null check (kind in ('asked', 'settled', 'first_use', 'suspended')),
  approval_id text references approval,
  principal_id text not null references principal,
  created_at timestamptz not null default clock_timestamp(),
  told_at timestamptz
);
create index notice_untold on notice (person_id, id) where told_at is null;

-- A person proves by this code, typed in Slack, that an account there is theirs. Only its hash is stored.
create table link_code (
  hash bytea primary key check (octet_length(hash) = 32),
  person_id text not null references person,
  created_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  used_at timestamptz
);

-- Whose App Home has been looked at, and is therefore kept up to date for a while.
create table slack_home (
  person_id text primary key references person,
  user_id text not null,
  opened_at timestamptz not null default clock_timestamp(),
  -- What it shows: a change of any of this makes it due.
  everything boolean not null default false,
  principals text[] not null default '{}',
  prefixes text[] not null default '{}',
  hash text check (char_length(hash) <= 200)
);
create index slack_home_opened on slack_home (opened_at);

-- Somebody has just pressed a button and is looking at the card: it goes before everything else that is due.
alter table delivery
  add column urgent boolean not null default false,
  add column failing_since timestamptz,
  drop constraint delivery_destination_check,
  add constraint delivery_destination_check check (destination in (
    'slack_card', 'slack_policy_change', 'slack_digest', 'slack_direct', 'slack_thread', 'slack_auto', 'slack_home'));
