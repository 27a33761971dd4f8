-- A file whose content crashed the program once is left out by that name.
ALTER TABLE skipped_file DROP CONSTRAINT skipped_file_reason_check;
ALTER TABLE skipped_file ADD CONSTRAINT skipped_file_reason_check
    CHECK (reason IN ('symlink', 'submodule', 'too_large', 'path_length', 'depth', 'count',
                      'unreadable', 'special', 'odd_name', 'build_dir', 'limit', 'not_text',
                      'quarantined', 'other'));
