/* Small file helpers. */
#ifndef LODE_BASE_FILE_H
#define LODE_BASE_FILE_H

#include "base/buf.h"
#include "base/error.h"

/* Appends the whole file to out. A file over bytes_max is ERR_LIMIT, any other trouble ERR_IO;
 * the message names the path. */
bool file_read(const char *path, size_t bytes_max, buf *out, error *err);
/* Writes through a temporary file beside it and renames: the old or the new content, never half. */
bool file_write(const char *path, sv content, error *err);
/* mkdir -p. */
bool dir_make(const char *path, error *err);
bool path_exists(const char *path);

#endif
