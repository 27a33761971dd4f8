/* A temporary state folder with a private cluster, for tests that need a real PostgreSQL. */
#ifndef LODE_TESTS_DB_FIXTURE_H
#define LODE_TESTS_DB_FIXTURE_H

#include "base/base.h"
#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>
#include "db/db.h"

typedef struct {
    char dir[64];
    buf url;
    uint32_t databases;
} fixture;

static inline void fixture_dir(fixture *f)
{
    snprintf(f->dir, sizeof f->dir, "/tmp/lode-test-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    /* PostgreSQL's user need not pass: as in a home folder of mode 0700. */
    assert_int_equal(chmod(f->dir, 0700), 0);
}

static inline void fixture_remove(const char *dir)
{
    char command[256];
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    assert_int_equal(system(command), 0);
}

#define assert_done(call)                                                                          \
    do {                                                                                           \
        error err_ = {0};                                                                          \
        error *const err = &err_;                                                                  \
        if (!(call)) fail_msg("%s: %s", #call, err_.text);                                         \
    } while (0)

static inline void fixture_start(fixture *f)
{
    memset(f, 0, sizeof *f);
    fixture_dir(f);
    assert_done(db_cluster_start(f->dir, &f->url, err));
    /* These rows need not survive the machine; test_cluster looks at the real settings. */
    db *conn = NULL;
    assert_done(db_open(f->url.data, &conn, err));
    assert_done(db_exec(conn, "ALTER SYSTEM SET fsync = off", err));
    assert_done(db_exec(conn, "SELECT pg_reload_conf()", err));
    db_close(conn);
}

static inline void fixture_end(fixture *f)
{
    assert_done(db_cluster_stop(f->dir, err));
    fixture_remove(f->dir);
    buf_release(&f->url);
}

/* The URL of a fresh empty database of the cluster; to be freed. */
static inline char *fixture_database(fixture *f)
{
    db *conn = NULL;
    char sql[64], name[32];
    snprintf(name, sizeof name, "test%u", ++f->databases);
    snprintf(sql, sizeof sql, "CREATE DATABASE %s", name);
    assert_done(db_open(f->url.data, &conn, err));
    assert_done(db_exec(conn, sql, err));
    db_close(conn);
    buf url = {0};
    sv text = buf_sv(&f->url), marker = SV("@/lode?");
    size_t at = sv_find(text, marker, 0);
    assert_true(at != SIZE_MAX);
    buf_printf(&url, "%.*s@/%s?%s", (int)at, text.data, name, text.data + at + marker.size);
    return url.data;
}

/* A migrated fresh database. */
static inline db *fixture_open(fixture *f)
{
    db *conn = NULL;
    char *url = fixture_database(f);
    assert_done(db_open(url, &conn, err));
    assert_done(db_migrate(conn, NULL, err));
    free(url);
    return conn;
}

/* The single number that a query gives. */
static inline int64_t fixture_number(db *conn, const char *sql)
{
    db_result *r = NULL;
    assert_done(db_query(conn, sql, NULL, 0, &r, err));
    assert_int_equal(db_result_rows(r), 1);
    const char *text = db_result_text(r, 0, 0);
    int64_t number = text ? strtoll(text, NULL, 10) : -1;
    db_result_free(r);
    return number;
}

#endif
