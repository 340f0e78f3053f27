-- What a card shows beside the request. `sensitivity` marks its title. `sent_back`: a denial that asks for a better request. `signals`: what to check, as
-- it was last shown while the request was pending, so that a decided request still says what its approver saw.
alter table policy add column sensitivity text not null default 'normal'
  constraint policy_sensitivity_check check (sensitivity in ('normal', 'high'));
alter table approval add column sent_back boolean not null default false,
  add column signals jsonb;
alter table approval add constraint approval_sent_back check (not sent_back or status = 'denied');
-- The usual duration under a policy is the median of its newest grants.
create index access_grant_policy on access_grant (policy_id, starts_at desc);
