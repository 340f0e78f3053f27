-- Which request asked: the log finds an approval's whole way by it. No decision depends on it, and no digest covers it.

alter table approval
  add column request_id text check (request_id ~ '^[0-9a-f-]{32,36}$'),
  add column traceparent text check (traceparent ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$');
