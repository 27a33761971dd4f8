#include "base/base.h"
#include <signal.h>
#include <sys/wait.h>
#include "tests/db/fixture.h"

static fixture f;

static int start(void **state)
{
    (void)state;
    fixture_start(&f);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&f);
    return 0;
}

static const char commit_oid[20] = "0123456789abcdefghi";

static db_key snapshot_key(int number)
{
    return db_key_make(DB_TABLE_snapshot, v_i32(number));
}

/* A snapshot with files that it shares with other numbers, servers and findings. */
static db_loader *rows_of(int number, const char *analysis, int file_count)
{
    db_loader *l = db_loader_begin();
    char oid[20], url[64];
    memcpy(oid, commit_oid, sizeof oid);
    snprintf(oid, sizeof oid, "commit %d", number);
    snprintf(url, sizeof url, "https://example.org/o/r%d", number);
    db_key repository = db_repository_key(sv_from(url)), snapshot = snapshot_key(number);
    db_row(l, DB_TABLE_repository, v_key(repository), v_text_c(url), v_text_c("o/r"));
    db_row(l, DB_TABLE_rule, v_text_c("self-call"), v_i32(1), v_text_c("cycles"), v_text_c("error"),
           v_text_c("calls itself"));
    db_row(l, DB_TABLE_snapshot, v_key(snapshot), v_key(repository), v_bytes((sv){oid, 20}),
           v_bytes((sv){commit_oid, 20}), v_time(1700000000 + number), v_text_c("library"),
           v_text_c("0.0.0"), v_text_c(analysis));
    for (int i = 0; i < file_count; i++) {
        char blob_oid[20] = {0}, path[32];
        snprintf(blob_oid, sizeof blob_oid, "blob %d", i);
        snprintf(path, sizeof path, "lib/f%d.ex", i);
        db_key blob = db_key_make(DB_TABLE_blob, v_i32(i));
        db_key file = db_key_make(DB_TABLE_file, v_key(snapshot), v_text_c(path));
        db_key module = db_key_make(DB_TABLE_module, v_key(file));
        db_key server = db_key_make(DB_TABLE_server, v_key(module));
        db_key finding = db_key_make(DB_TABLE_finding, v_key(server));
        char fingerprint[33];
        hex_encode(finding.bytes, 16, fingerprint);
        db_row(l, DB_TABLE_blob, v_key(blob), v_bytes((sv){blob_oid, 20}), v_text_c("elixir"),
               v_i32(1), v_i64(100), v_i32(10), v_i64(0), v_i32(0), v_bool(false));
        db_row(l, DB_TABLE_file, v_key(file), v_key(snapshot), v_key(blob), v_text_c(path),
               v_text_c(""), v_bool(false));
        db_row(l, DB_TABLE_module, v_key(module), v_key(snapshot), v_key(file), v_text_c("M"),
               v_text_c("elixir"), v_bool(false), v_i32(1), v_i32(10));
        db_row(l, DB_TABLE_server, v_key(server), v_key(snapshot), v_key(module), v_text_c("M"),
               v_text_c("gen_server"), v_text_c("elixir"), v_bool(false), v_text_c("registered"),
               v_text_c("M"), v_text_c("one"), v_bool(true), v_bool(false), v_i32(1));
        db_row(l, DB_TABLE_finding, v_key(finding), v_key(snapshot), v_text_c("self-call"),
               v_i32(1), v_text_c("error"), v_text_c("certain"), v_key(file), v_text_c(path),
               v_i32(3), v_i32(1), v_i32(4), v_key(server), v_text_c("M"), v_text_c("hangs"),
               v_text_c(fingerprint), v_bool(false), v_null(DB_TEXT));
        for (int k = 0; k < 3; k++)
            db_row(l, DB_TABLE_evidence, v_key(finding), v_i32(k), v_key(snapshot), v_text_c(path),
                   v_i32(k + 1), v_i32(k + 1), v_text_c("step"));
    }
    return l;
}

static db_outcome load(db *conn, int number, const char *analysis, int file_count)
{
    db_outcome outcome = DB_LOADED;
    db_loader *l = rows_of(number, analysis, file_count);
    assert_done(db_loader_commit(l, conn, snapshot_key(number), analysis, NULL, 0, &outcome, err));
    db_loader_free(l);
    return outcome;
}

/* A digest of every table whose rows are not the log of runs. */
static void digest(db *conn, char out[65])
{
    sha256 h;
    sha256_init(&h);
    for (uint32_t t = 0; t < DB_TABLE_COUNT; t++) {
        const db_table_def *def = db_table_get((db_table)t);
        char sql[256];
        db_result *r = NULL;
        if (def->owner == DB_LOG) continue;
        snprintf(sql, sizeof sql,
                 "SELECT md5(coalesce(string_agg(x::text, ';' ORDER BY x::text), '')) FROM %s x",
                 def->name);
        assert_done(db_query(conn, sql, NULL, 0, &r, err));
        sha256_add(&h, db_result_text(r, 0, 0), 32);
        db_result_free(r);
    }
    unsigned char bytes[32];
    sha256_end(&h, bytes);
    hex_encode(bytes, sizeof bytes, out);
}

static void twice_changes_nothing(void **state)
{
    (void)state;
    db *conn = fixture_open(&f);
    char before[65], after[65];
    assert_int_equal(load(conn, 1, "a1", 20), DB_LOADED);
    assert_int_equal(load(conn, 2, "a1", 30), DB_LOADED);
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM blob"), 30);
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM evidence"), 150);
    digest(conn, before);
    assert_int_equal(load(conn, 1, "a1", 20), DB_UNCHANGED);
    assert_int_equal(load(conn, 2, "a1", 30), DB_UNCHANGED);
    digest(conn, after);
    assert_string_equal(before, after);
    bool current = false;
    assert_done(db_snapshot_is_current(conn, snapshot_key(1), "a1", &current, err));
    assert_true(current);
    assert_done(db_snapshot_is_current(conn, snapshot_key(1), "a2", &current, err));
    assert_false(current);
    db_close(conn);
}

static void another_analysis_replaces(void **state)
{
    (void)state;
    db *conn = fixture_open(&f), *fresh = fixture_open(&f);
    char replaced[65], anew[65];
    load(conn, 1, "a1", 20);
    load(conn, 2, "a1", 20);
    assert_int_equal(load(conn, 1, "a2", 20), DB_REPLACED);
    assert_int_equal(load(conn, 1, "a2", 20), DB_UNCHANGED);
    load(fresh, 2, "a1", 20);
    load(fresh, 1, "a2", 20);
    digest(conn, replaced);
    digest(fresh, anew);
    assert_string_equal(replaced, anew);
    assert_int_equal(load(conn, 1, "a3", 5), DB_REPLACED);
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM file"), 25);
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM snapshot"), 2);
    db_close(conn);
    db_close(fresh);
}

static void a_wrong_row_is_a_bug_by_name(void **state)
{
    (void)state;
    db *conn = fixture_open(&f);
    static const struct {
        db_value value;
        const char *word;
    } wrong[] = {
        {{.type = DB_TEXT, .is_null = true}, "null"},
        {{.type = DB_I32, .as.number = 1}, "another type"},
    };
    for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
        db_loader *l = db_loader_begin();
        db_outcome outcome;
        error e = {0};
        db_row(l, DB_TABLE_corpus, v_key(snapshot_key(9)), wrong[i].value);
        assert_false(db_loader_commit(l, conn, snapshot_key(9), "a", NULL, 0, &outcome, &e));
        assert_int_equal(e.kind, ERR_BUG);
        assert_non_null(strstr(e.text, "corpus.name"));
        assert_non_null(strstr(e.text, wrong[i].word));
        db_loader_free(l);
    }
    db_loader *l = db_loader_begin();
    error e = {0};
    db_row(l, DB_TABLE_corpus, v_key(snapshot_key(9)));
    assert_false(db_loader_commit_shared(l, conn, &e));
    assert_non_null(strstr(e.text, "2 columns"));
    db_loader_free(l);
    db_close(conn);
}

/* What the tables' own checks refuse leaves nothing of the snapshot, and the connection goes on. */
static void a_refused_row_rolls_everything_back(void **state)
{
    (void)state;
    db *conn = fixture_open(&f);
    db_outcome outcome;
    error e = {0};
    db_loader *l = rows_of(3, "a1", 4);
    db_key file = db_key_make(DB_TABLE_file, v_key(snapshot_key(3)), v_text_c("lib/f0.ex"));
    db_row(l, DB_TABLE_module, v_key(snapshot_key(77)), v_key(snapshot_key(3)), v_key(file),
           v_text_c("N"), v_text_c("cobol"), v_bool(false), v_i32(1), v_i32(1));
    assert_false(db_loader_commit(l, conn, snapshot_key(3), "a1", NULL, 0, &outcome, &e));
    assert_int_equal(e.kind, ERR_DB);
    assert_non_null(strstr(e.text, "module"));
    db_loader_free(l);
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM snapshot"), 0);
    assert_int_equal(load(conn, 3, "a1", 4), DB_LOADED);
    db_close(conn);
}

static void every_byte_can_be_loaded(void **state)
{
    (void)state;
    db *conn = fixture_open(&f);
    db_loader *l = db_loader_begin();
    char text[256];
    for (int i = 0; i < 256; i++) text[i] = (char)i;
    db_row(l, DB_TABLE_corpus, v_key(snapshot_key(1)), v_text((sv){text, sizeof text}));
    assert_done(db_loader_commit_shared(l, conn, err));
    db_loader_free(l);
    /* 127 characters of ASCII without NUL; NUL and the 128 others are U+FFFD. */
    assert_int_equal(fixture_number(conn, "SELECT length(name) FROM corpus"), 256);
    assert_int_equal(
        fixture_number(conn, "SELECT length(replace(name, U&'\\FFFD', '')) FROM corpus"), 127);
    db_close(conn);
}

static void keys_tell_parts_apart(void **state)
{
    (void)state;
    db_key a = db_key_make(DB_TABLE_file, v_text_c("ab"), v_text_c("c"));
    db_key b = db_key_make(DB_TABLE_file, v_text_c("a"), v_text_c("bc"));
    db_key c = db_key_make(DB_TABLE_file, v_text_c("abc"));
    db_key d = db_key_make(DB_TABLE_blob, v_text_c("ab"), v_text_c("c"));
    db_key again = db_key_make(DB_TABLE_file, v_text_c("ab"), v_text_c("c"));
    assert_false(db_key_eq(a, b));
    assert_false(db_key_eq(a, c));
    assert_false(db_key_eq(a, d));
    assert_true(db_key_eq(a, again));
    char text[37];
    db_key_text(a, text);
    assert_int_equal(strlen(text), 36);
}

enum { KILL_SNAPSHOTS = 6, KILL_FILES = 150 };

/* A process that loads all snapshots, from whatever there is. */
static pid_t loading_process(const char *url)
{
    pid_t pid = fork();
    if (pid != 0) return pid;
    db *conn = NULL;
    if (!db_open(url, &conn, NULL)) _exit(1);
    for (int n = 0; n < KILL_SNAPSHOTS; n++) {
        db_outcome outcome;
        db_loader *l = rows_of(n, "a1", KILL_FILES);
        if (!db_loader_commit(l, conn, snapshot_key(n), "a1", NULL, 0, &outcome, NULL)) _exit(1);
        db_loader_free(l);
    }
    db_close(conn);
    _exit(0);
}

static void killed_anywhere_gives_the_same_rows(void **state)
{
    (void)state;
    char want[65], got[65];
    db *whole = fixture_open(&f);
    for (int n = 0; n < KILL_SNAPSHOTS; n++) load(whole, n, "a1", KILL_FILES);
    digest(whole, want);
    db_close(whole);

    char *url = fixture_database(&f);
    db *conn = NULL;
    assert_done(db_open(url, &conn, err));
    assert_done(db_migrate(conn, NULL, err));
    int killed = 0;
    /* Longer and longer until one process comes to its end by itself. */
    for (int delay_us = 2000, done = 0; !done; delay_us += 4000) {
        pid_t pid = loading_process(url);
        usleep((useconds_t)delay_us);
        kill(pid, SIGKILL);
        int status = 0;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        killed += WIFSIGNALED(status);
        done = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        /* Each snapshot is there as a whole or not at all. */
        assert_int_equal(fixture_number(conn, "SELECT count(*) FROM snapshot s WHERE (SELECT "
                                              "count(*) FROM finding g WHERE g.snapshot_id = "
                                              "s.id) <> 150"),
                         0);
    }
    assert_true(killed > 3);
    digest(conn, got);
    assert_string_equal(want, got);
    db_close(conn);
    free(url);
}

/* Snapshots that share blobs, loaded at once in opposite orders: no deadlock, nothing lost. */
static void loaders_do_not_block_each_other(void **state)
{
    (void)state;
    char *url = fixture_database(&f);
    db *conn = NULL;
    assert_done(db_open(url, &conn, err));
    assert_done(db_migrate(conn, NULL, err));
    db_close(conn); /* a process that forks shares no connection */
    for (int p = 0; p < 3; p++) {
        if (fork() != 0) continue;
        db *own = NULL;
        bool done = db_open(url, &own, NULL);
        for (int n = 0; done && n < 8; n++) {
            int number = p == 1 ? 7 - n : n;
            db_outcome outcome;
            db_loader *l = rows_of(number, "a1", 40);
            done = db_loader_commit(l, own, snapshot_key(number), "a1", NULL, 0, &outcome, NULL);
            db_loader_free(l);
        }
        db_close(own);
        free(url);
        _exit(done ? 0 : 1);
    }
    for (int p = 0; p < 3; p++) {
        int status = 0;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    assert_done(db_open(url, &conn, err));
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM snapshot"), 8);
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM file"), 320);
    db_close(conn);
    free(url);
}

static void a_lost_database_is_said_and_survived(void **state)
{
    (void)state;
    db *conn = fixture_open(&f);
    error e = {0};
    db_outcome outcome;
    load(conn, 1, "a1", 5);
    db_loader *l = rows_of(2, "a1", 5);
    assert_done(db_cluster_stop(f.dir, err));
    assert_false(db_loader_commit(l, conn, snapshot_key(2), "a1", NULL, 0, &outcome, &e));
    assert_int_equal(e.kind, ERR_DB);
    assert_false(db_revive(conn, &e));
    assert_int_equal(e.kind, ERR_DB);
    buf url = {0};
    assert_done(db_cluster_start(f.dir, &url, err));
    assert_done(db_revive(conn, err));
    assert_done(db_loader_commit(l, conn, snapshot_key(2), "a1", NULL, 0, &outcome, err));
    assert_int_equal(outcome, DB_LOADED);
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM file"), 10);
    db_loader_free(l);
    buf_release(&url);
    db_close(conn);
}

static void runs_are_recorded(void **state)
{
    (void)state;
    db *conn = fixture_open(&f);
    const db_corpus_row rows[] = {
        {.url = SV("https://example.org/o/a.git"), .tags = SV("x")},
        {.url = SV("https://example.org/o/b/"), .ref = SV("main")},
    };
    const error why = {ERR_IO, "the host is not there"};
    const db_run_totals totals = {.job_count = 2,
                                  .repository_count = 2,
                                  .loaded_count = 1,
                                  .failed_count = 1,
                                  .peak_bytes = 5000000000,
                                  .seconds = 1.5};
    db_key run;
    for (int again = 0; again < 2; again++) {
        assert_done(db_run_begin(conn, SV("list"), rows, 2, 2, "0.0.0", "a1", &run, err));
        assert_done(db_run_failure(conn, run, rows[1].url, rows[1].ref, "mirror", &why, err));
        assert_done(db_run_end(conn, run, "failed", &totals, err));
    }
    assert_done(db_run_begin(conn, SV("list"), rows, 1, 2, "0.0.0", "a1", &run, err));
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM corpus"), 1);
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM corpus_entry"), 1);
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM repository WHERE url IN "
                                          "('https://example.org/o/a', "
                                          "'https://example.org/o/b')"),
                     2);
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM run WHERE outcome = 'failed' AND "
                                          "peak_bytes = 5000000000"),
                     2);
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM run WHERE finished_at IS NULL"), 1);
    assert_int_equal(fixture_number(conn, "SELECT count(*) FROM failure WHERE kind = 'io'"), 2);
    db_close(conn);
}

static void addresses_have_one_form(void **state)
{
    (void)state;
    assert_true(sv_eq_c(db_url_plain(SV("https://h/o/r.git/")), "https://h/o/r"));
    assert_true(sv_eq_c(db_url_plain(SV(" https://h/o/r ")), "https://h/o/r"));
    assert_true(sv_eq_c(db_url_name(SV("https://h/o/r.git")), "o/r"));
    assert_true(sv_eq_c(db_url_name(SV("/srv/git/o/r")), "o/r"));
    assert_true(sv_eq_c(db_url_name(SV("r")), "r"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(twice_changes_nothing),
        cmocka_unit_test(another_analysis_replaces),
        cmocka_unit_test(a_wrong_row_is_a_bug_by_name),
        cmocka_unit_test(a_refused_row_rolls_everything_back),
        cmocka_unit_test(every_byte_can_be_loaded),
        cmocka_unit_test(keys_tell_parts_apart),
        cmocka_unit_test(killed_anywhere_gives_the_same_rows),
        cmocka_unit_test(loaders_do_not_block_each_other),
        cmocka_unit_test(a_lost_database_is_said_and_survived),
        cmocka_unit_test(runs_are_recorded),
        cmocka_unit_test(addresses_have_one_form),
    };
    return cmocka_run_group_tests(tests, start, end);
}
