-- Open login codes are limited by network, so that no network can use up what others need.
alter table login
  -- An IPv4 address, or a /64 of IPv6.
  add column network text not null default '' check (char_length(network) <= 100),
  -- The /24 or /48 around it.
  add column wide_network text not null default '' check (char_length(wide_network) <= 100);
create index login_waiting on login (network, created_at) where confirmed_at is null;
create index login_waiting_wide on login (wide_network, created_at) where confirmed_at is null;
create index login_waiting_all on login (created_at) where confirmed_at is null;
