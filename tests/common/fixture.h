/* What tests of every room need: a scratch folder, files, commands. All of it fails the test
 * itself (by cmocka) when it cannot do its work. */
#ifndef LODE_TESTS_COMMON_FIXTURE_H
#define LODE_TESTS_COMMON_FIXTURE_H

#include "base/arena.h"
#include "base/sv.h"

/* A fresh folder below TMPDIR. The text is the caller's, to be given to scratch_remove. */
char *scratch_make(void);
/* Removes the folder with all in it and frees the text. */
void scratch_remove(char *path);

/* Writes a file, with the folders above it. */
void put_file(const char *path, sv content);
/* The content of a file. */
char *get_file(const char *path, arena *a);

/* Runs a shell command (printf-like) that has to succeed; git in it knows a fixed user and date
 * and none of the machine's configuration. */
void run(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The first line that a command prints. */
char *run_line(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
