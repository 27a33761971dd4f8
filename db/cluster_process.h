/* PostgreSQL's own programs: found, and run as a user that they accept. */
#ifndef LODE_DB_CLUSTER_PROCESS_H
#define LODE_DB_CLUSTER_PROCESS_H

#include <sys/types.h>

#include "base/base.h"

typedef struct {
    uid_t uid;
    gid_t gid;
    char name[64];
} pg_user;

/* Whom the programs run as: ourselves, or as root the owner of data_dir if it exists, else
 * $LODE_PG_USER, `postgres` or `nobody`. ERR_IO: no such user. */
bool pg_user_find(const char *data_dir, pg_user *out, error *err);

/* The folder of initdb, pg_ctl and postgres: $LODE_PG_BIN, Debian's and others' usual places, the
 * PATH; of several the newest, or the one of version `major` if that is not 0. False: none. */
bool pg_bin_find(uint32_t major, buf *bin_dir, uint32_t *found_major);

/* Runs a program to its end as the user, in "/" and with a small environment; appends what it
 * wrote to said. data_fd (-1: none) stays open in it: "/proc/self/fd/N" is then the data folder,
 * whatever folders lie above it and whoever may pass them. ERR_IO: could not run, or its exit
 * status is not 0 (the last line it wrote is in the sentence). */
bool pg_program_run(const pg_user *user, const char *const *argv, int data_fd, buf *said,
                    error *err);

#endif
