-- Names and paths are ASCII and unique without regard to case. lower() otherwise folds by the database's locale: in a Turkish one, I and i
-- would be two letters.
create unique index principal_name_ascii on principal (lower(name collate "C"));
drop index principal_name;
alter index principal_name_ascii rename to principal_name;
create unique index secret_path_ascii on secret (lower(path collate "C"));
drop index secret_path;
alter index secret_path_ascii rename to secret_path;
