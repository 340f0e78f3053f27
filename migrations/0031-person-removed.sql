-- A removed person is not listed and has no Slack account. The row stays, because votes, keys and the audit trail name it.
alter table person add column removed_at timestamptz check (removed_at is null or (not active and role = 'member'));
