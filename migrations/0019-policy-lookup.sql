-- Finds the policies that can cover a resource by the literal beginning of their pattern (the text before the first wildcard segment), of
-- which a resource has at most nine. The domain compares the segments of what is found.
create index policy_beginning on policy (split_part(uri, '/*', 1)) where removed_at is null;
