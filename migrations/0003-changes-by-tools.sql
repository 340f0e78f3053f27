-- Deleted secrets, and the answers that are kept for whoever repeats a change.

-- What is deleted loses its versions for good. Its row stays, so that a path which comes back never repeats a version: sealed
-- values are bound to it.
alter table secret add column deleted_at timestamptz;

-- `answer` is written before the row is committed. The fingerprint is keyed: a bare digest would let values be guessed.
create table kept_answer (
  principal_id text not null references principal,
  key text not null check (char_length(key) between 1 and 128),
  fingerprint text not null check (fingerprint ~ '^[0-9a-f]{64}$'),
  answer jsonb check (jsonb_typeof(answer) = 'object'),
  created_at timestamptz not null default clock_timestamp(),
  primary key (principal_id, key)
);
create index kept_answer_created on kept_answer (created_at);
