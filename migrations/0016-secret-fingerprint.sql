-- A keyed hash of each version's value, bound to the secret and the version: an import skips a value that is stored already, without
-- decrypting it. Only the holder of the master key can compute it. Versions of earlier releases have none and count as changed.
alter table secret_version add column fingerprint text check (fingerprint ~ '^[0-9a-f]{64}$');
