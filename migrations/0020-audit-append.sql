-- Appends events to the chain in one call, so that its head is locked for the end of the call and the COMMIT, and for no round trip. An event
-- comes as the three parts of its canonical text that stand around its time and its sequence number. A link is hashed as
-- src/crypto/chain-hash.ts says. Every write is checked: a trigger that returns NULL drops a row without an error.
create function audit_append(heads text[], mids text[], tails text[])
  returns table (place integer, sequence bigint, hash bytea) language plpgsql as $$
#variable_conflict use_variable
declare
  moment timestamptz;
  written text;
  canonical text;
  bytes bytea;
begin
  -- COMMIT waits until the transaction is on disk, whatever the session's setting is.
  perform set_config('synchronous_commit', 'on', true);
  select h.sequence, h.hash into sequence, hash from audit_head h for update;
  if not found then
    raise exception 'the head of the audit trail is missing';
  end if;
  moment := clock_timestamp();
  written := to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"');
  for i in 1 .. cardinality(heads) loop
    place := i;
    sequence := sequence + 1;
    canonical := heads[i] || written || mids[i] || sequence || tails[i];
    bytes := convert_to(canonical, 'UTF8');
    hash := sha256(decode('00', 'hex') || convert_to('vsecure/audit/1', 'UTF8') || int8send(sequence) || hash || int4send(length(bytes)) || bytes);
    insert into audit_event (sequence, at, canonical, hash) values (sequence, moment, canonical, hash);
    if not found then
      raise exception 'the database dropped an audit event without an error';
    end if;
    return next;
  end loop;
  update audit_head set sequence = sequence, hash = hash;
  if not found then
    raise exception 'the database left the head of the audit trail without an error';
  end if;
end $$;
