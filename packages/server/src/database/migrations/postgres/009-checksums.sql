-- MD5 and SHA-256 of the bytes in lower-case hex. NULL where they were not asked for, in files of older programs too.
ALTER TABLE files ADD COLUMN md5 TEXT;
ALTER TABLE files ADD COLUMN sha256 TEXT;

-- The checksums that are computed beside the CRC-32C, such as "md5,sha256"; NULL stands for none.
ALTER TABLE upload_sessions ADD COLUMN checksums TEXT;
