-- Proves that a command with the master key detached the partition: a MAC, which a writer of the database cannot make. Null for partitions
-- that an earlier version detached, until an operator confirms them (vsecure audit:confirm).
alter table audit_part add column proof bytea constraint audit_part_proof_check check (octet_length(proof) = 32);
