-- Every field of a policy; what an approver narrowed; why nobody had to be asked, or why somebody had.

alter table policy
  add column requesters text[] check (cardinality(requesters) <= 100),
  add column listed boolean not null default true,
  add column mention boolean not null default true,
  add column auto_approve jsonb check (jsonb_typeof(auto_approve) = 'object'),
  add column escalate_to text[] check (cardinality(escalate_to) between 1 and 50),
  add column escalate_after_ms integer check (escalate_after_ms between 60000 and 604800000),
  add column removed_at timestamptz,
  drop constraint policy_uri_key,
  add constraint policy_escalation check ((escalate_to is null) = (escalate_after_ms is null));
-- A removed policy stays on record for what was decided under it, and decides nothing any more.
create unique index policy_in_force on policy (uri) where removed_at is null;

alter table approval
  add column auto_report text check (char_length(auto_report) <= 2000),
  add column granted_resources text[],
  drop constraint approval_granted,
  add constraint approval_granted check (
    (status = 'approved') = (granted_ms is not null) and (status = 'approved') = (granted_resources is not null)) not valid,
  add constraint approval_narrowed check (
    granted_resources is null or (cardinality(granted_resources) > 0 and granted_resources <@ resources));
update approval set granted_resources = resources where status = 'approved';
alter table approval validate constraint approval_granted;
create index approval_denied on approval (principal_id, settled_at) where status = 'denied';

alter table vote add column resources text[] check (cardinality(resources) between 1 and 20);

-- Who is in a Slack user group, as Slack said when it was last asked.
create table slack_group (
  team_id text not null check (team_id ~ '^[TE][A-Z0-9]{1,30}$'),
  group_id text not null check (group_id ~ '^S[A-Z0-9]{1,30}$'),
  members text[] not null,
  fetched_at timestamptz not null default clock_timestamp(),
  primary key (team_id, group_id)
);

-- What a change of a policy did, in words, for its announcement.
create table policy_change (
  policy_id text not null references policy,
  version integer not null check (version > 0),
  uri text not null,
  actor text not null,
  channel text,
  lines text[] not null,
  loosens text[] not null,
  at timestamptz not null default clock_timestamp(),
  primary key (policy_id, version)
);

alter table delivery
  drop constraint delivery_destination_check,
  add constraint delivery_destination_check check (destination in ('slack_card', 'slack_policy_change'));
