#include "base/base.h"
#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include "tests/db/fixture.h"

static db *connect_to(const char *url)
{
    db *conn = NULL;
    assert_done(db_open(url, &conn, err));
    return conn;
}

static void it_starts_stops_and_keeps_its_data(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_dir(&f);
    assert_done(db_cluster_start(f.dir, &f.url, err));
    db *conn = connect_to(f.url.data);
    assert_done(db_exec(conn, "CREATE TABLE t (x int); INSERT INTO t VALUES (42)", err));
    assert_int_equal(fixture_number(conn, "SELECT (current_setting('fsync') = 'on' AND "
                                          "current_setting('listen_addresses') = '')::int"),
                     1);
    db_close(conn);
    buf again = {0};
    assert_done(db_cluster_start(f.dir, &again, err)); /* runs already */
    assert_string_equal(again.data, f.url.data);
    assert_done(db_cluster_stop(f.dir, err));
    assert_done(db_cluster_stop(f.dir, err)); /* stands already */
    db_cluster c;
    db_cluster_look(f.dir, &c);
    assert_true(c.exists && !c.running && c.major >= 13);
    db_cluster_release(&c);
    error e = {0};
    db *none = NULL;
    assert_false(db_open(f.url.data, &none, &e));
    assert_int_equal(e.kind, ERR_DB);
    buf_clear(&again);
    assert_done(db_cluster_start(f.dir, &again, err));
    conn = connect_to(again.data);
    assert_int_equal(fixture_number(conn, "SELECT x FROM t"), 42);
    db_close(conn);
    buf_release(&again);
    fixture_end(&f);
}

/* Two state folders side by side; one with a name that shells and settings would trip over, one
 * whose path is too long for a socket. */
static void names_and_neighbours_do_not_matter(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_dir(&f);
    buf odd = {0}, deep = {0}, odd_url = {0}, deep_url = {0};
    buf_printf(&odd, "%s/it's \"a\" b,c $x %%41 \xC3\xBC", f.dir);
    buf_printf(&deep, "%s", f.dir);
    for (int i = 0; i < 8; i++) buf_add_c(&deep, "/quite-a-long-name-of-a-folder");
    assert_done(dir_make(odd.data, err));
    assert_done(dir_make(deep.data, err));
    assert_done(db_cluster_start(odd.data, &odd_url, err));
    assert_done(db_cluster_start(deep.data, &deep_url, err));
    db *one = connect_to(odd_url.data), *two = connect_to(deep_url.data);
    assert_done(db_exec(one, "CREATE TABLE t (x int)", err));
    assert_int_equal(fixture_number(two, "SELECT count(*) FROM pg_class WHERE relname = 't'"), 0);
    db_close(one);
    db_close(two);
    db_cluster c;
    db_cluster_look(deep.data, &c);
    assert_true(c.running);
    assert_true(c.socket_dir.size > 0 && c.socket_dir.size < 90);
    buf socket_dir = {0};
    buf_add(&socket_dir, buf_sv(&c.socket_dir));
    db_cluster_release(&c);
    assert_true(path_exists(socket_dir.data));
    assert_done(db_cluster_stop(odd.data, err));
    assert_done(db_cluster_stop(deep.data, err));
    assert_false(path_exists(socket_dir.data)); /* nothing is left outside */
    buf_release(&socket_dir);
    buf_release(&odd);
    buf_release(&deep);
    buf_release(&odd_url);
    buf_release(&deep_url);
    fixture_remove(f.dir);
}

static void an_unfinished_initdb_is_begun_anew(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_dir(&f);
    char path[128];
    snprintf(path, sizeof path, "%s/pg/data.new/base", f.dir);
    assert_done(dir_make(path, err));
    assert_done(db_cluster_start(f.dir, &f.url, err));
    db_close(connect_to(f.url.data));
    fixture_end(&f);
}

/* Many at once on an empty folder: one makes it, all get it. */
static void processes_start_it_together(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_dir(&f);
    for (int i = 0; i < 3; i++) {
        if (fork() != 0) continue;
        buf url = {0};
        db *conn = NULL;
        bool done = db_cluster_start(f.dir, &url, NULL) && db_open(url.data, &conn, NULL) &&
                    db_migrate(conn, NULL, NULL);
        _exit(done ? 0 : 1);
    }
    for (int i = 0; i < 3; i++) {
        int status = 0;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_done(db_cluster_start(f.dir, &f.url, err));
    db *conn = connect_to(f.url.data);
    assert_done(db_schema_check(conn, err));
    db_close(conn);
    fixture_end(&f);
}

/* As root, the same again as an ordinary user; else that is what all other tests do. */
static void an_ordinary_user_can(void **state)
{
    (void)state;
    const struct passwd *nobody = getpwnam("nobody");
    if (geteuid() != 0 || !nobody) skip();
    fixture f = {0};
    fixture_dir(&f);
    assert_int_equal(chown(f.dir, nobody->pw_uid, nobody->pw_gid), 0);
    pid_t pid = fork();
    if (pid == 0) {
        buf url = {0};
        db *conn = NULL;
        bool done = setgroups(0, NULL) == 0 && setgid(nobody->pw_gid) == 0 &&
                    setuid(nobody->pw_uid) == 0 && db_cluster_start(f.dir, &url, NULL) &&
                    db_open(url.data, &conn, NULL) && db_migrate(conn, NULL, NULL) &&
                    db_cluster_stop(f.dir, NULL);
        _exit(done ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    /* Root runs an ordinary user's cluster as that user. */
    db_cluster c;
    db_cluster_look(f.dir, &c);
    assert_string_equal(c.user.data, "nobody");
    db_cluster_release(&c);
    assert_done(db_cluster_start(f.dir, &f.url, err));
    fixture_end(&f);
}

static void what_is_missing_is_named(void **state)
{
    (void)state;
    fixture f = {0};
    error e = {0};
    buf url = {0};
    fixture_dir(&f);
    assert_int_equal(setenv("LODE_PG_BIN", "/nonexistent", 1), 0);
    assert_false(db_cluster_start(f.dir, &url, &e));
    assert_int_equal(e.kind, ERR_IO);
    assert_non_null(strstr(e.text, "apt-get install postgresql"));
    unsetenv("LODE_PG_BIN");
    if (geteuid() == 0) {
        assert_int_equal(setenv("LODE_PG_USER", "no-such-user", 1), 0);
        assert_false(db_cluster_start(f.dir, &url, &e));
        assert_non_null(strstr(e.text, "no-such-user"));
        unsetenv("LODE_PG_USER");
    }
    fixture_remove(f.dir);
    buf_release(&url);
}

static void the_state_folder_can_be_named(void **state)
{
    (void)state;
    fixture f = {0};
    buf named = {0}, got = {0};
    error e = {0};
    fixture_dir(&f);
    buf_printf(&named, "%s/a/b", f.dir);
    assert_done(db_state_dir(named.data, &got, err));
    assert_string_equal(got.data, named.data);
    assert_true(path_exists(named.data));
    buf_clear(&got);
    assert_int_equal(setenv("LODE_STATE", named.data, 1), 0);
    assert_done(db_state_dir(NULL, &got, err));
    assert_string_equal(got.data, named.data);
    unsetenv("LODE_STATE");
    buf_clear(&named);
    buf_printf(&named, "%s/a/file", f.dir);
    assert_done(file_write(named.data, SV("x"), err));
    assert_false(db_state_dir(named.data, &got, &e));
    assert_int_equal(e.kind, ERR_IO);
    assert_non_null(strstr(e.text, "--state"));
    buf_release(&named);
    buf_release(&got);
    fixture_remove(f.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_starts_stops_and_keeps_its_data),
        cmocka_unit_test(names_and_neighbours_do_not_matter),
        cmocka_unit_test(an_unfinished_initdb_is_begun_anew),
        cmocka_unit_test(processes_start_it_together),
        cmocka_unit_test(an_ordinary_user_can),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(the_state_folder_can_be_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
