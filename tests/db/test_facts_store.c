#include "base/base.h"
#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>
#include "tests/db/fixture.h"

static db_key key_of(int64_t n)
{
    return db_key_make(DB_TABLE_blob, v_i64(n));
}

static void value_of(int64_t n, buf *out)
{
    for (int64_t i = 0; i < n % 97 + 1; i++) buf_printf(out, "%" PRId64 ",", n * i);
}

static void put(facts_store *s, int64_t n)
{
    buf value = {0};
    value_of(n, &value);
    assert_done(facts_store_put(s, key_of(n), buf_sv(&value), err));
    buf_release(&value);
}

static bool has(facts_store *s, int64_t n)
{
    buf value = {0}, got = {0};
    value_of(n, &value);
    bool there = facts_store_get(s, key_of(n), &got);
    if (there) assert_true(sv_eq(buf_sv(&value), buf_sv(&got)));
    buf_release(&value);
    buf_release(&got);
    return there;
}

static void what_was_put_is_got(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_dir(&f);
    facts_store *s = NULL;
    assert_done(facts_store_open(f.dir, "t", &s, err));
    for (int64_t n = 0; n < 300; n++) put(s, n);
    for (int64_t n = 0; n < 300; n++) put(s, n);
    assert_int_equal(facts_store_count(s), 300);
    uint64_t bytes = facts_store_bytes(s);
    facts_store_close(s);
    assert_done(facts_store_open(f.dir, "t", &s, err));
    assert_int_equal(facts_store_bytes(s), bytes);
    for (int64_t n = 0; n < 300; n++) assert_true(has(s, n));
    assert_false(has(s, 300));
    facts_store_close(s);
    fixture_remove(f.dir);
}

static void pack_path(const fixture *f, char out[128])
{
    snprintf(out, 128, "%s/facts/t.pack", f->dir);
}

/* Cut at every length: what is whole before the cut stays, and the store goes on. */
static void a_torn_tail_is_cut_off(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_dir(&f);
    facts_store *s = NULL;
    char path[128];
    pack_path(&f, path);
    assert_done(facts_store_open(f.dir, "t", &s, err));
    put(s, 1);
    uint64_t first = facts_store_bytes(s);
    put(s, 2);
    uint64_t second = facts_store_bytes(s);
    facts_store_close(s);
    for (uint64_t cut = second; cut-- > 0;) {
        assert_int_equal(truncate(path, (off_t)cut), 0);
        assert_done(facts_store_open(f.dir, "t", &s, err));
        assert_false(has(s, 2));
        assert_true(has(s, 1) == (cut >= first));
        if (cut >= first) {
            put(s, 2);
            assert_true(has(s, 2));
        }
        facts_store_close(s);
        if (cut < first) break;
    }
    fixture_remove(f.dir);
}

static void a_damaged_record_is_not_believed(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_dir(&f);
    facts_store *s = NULL;
    char path[128];
    pack_path(&f, path);
    assert_done(facts_store_open(f.dir, "t", &s, err));
    put(s, 50);
    put(s, 51);
    facts_store_close(s);
    int fd = open(path, O_RDWR);
    assert_int_equal(pwrite(fd, "#", 1, 8 + 24 + 3), 1);
    close(fd);
    assert_done(facts_store_open(f.dir, "t", &s, err));
    assert_false(has(s, 50));
    assert_true(has(s, 51));
    facts_store_close(s);
    fixture_remove(f.dir);
}

static void processes_share_it(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_dir(&f);
    enum { PROCESSES = 4, EACH = 60 };
    for (int64_t p = 0; p < PROCESSES; p++) {
        if (fork() != 0) continue;
        facts_store *s = NULL;
        if (!facts_store_open(f.dir, "t", &s, NULL)) _exit(1);
        for (int64_t n = 0; n < EACH; n++) {
            buf value = {0};
            int64_t number = p * EACH / 2 + n; /* half of them are the next process's too */
            value_of(number, &value);
            if (!facts_store_put(s, key_of(number), buf_sv(&value), NULL)) _exit(1);
            buf_release(&value);
        }
        facts_store_close(s);
        _exit(0);
    }
    for (int p = 0; p < PROCESSES; p++) {
        int status = 0;
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    facts_store *s = NULL;
    assert_done(facts_store_open(f.dir, "t", &s, err));
    assert_int_equal(facts_store_count(s), (PROCESSES + 1) * EACH / 2);
    for (int64_t n = 0; n < (PROCESSES + 1) * EACH / 2; n++) assert_true(has(s, n));
    facts_store_close(s);
    fixture_remove(f.dir);
}

static void *worker(void *payload)
{
    facts_store *s = payload;
    for (int64_t n = 0; n < 200; n++) {
        buf value = {0};
        value_of(n, &value);
        error e = {0};
        if (!facts_store_put(s, key_of(n), buf_sv(&value), &e)) return s;
        buf got = {0};
        if (!facts_store_get(s, key_of(n), &got) || !sv_eq(buf_sv(&got), buf_sv(&value))) return s;
        buf_release(&got);
        buf_release(&value);
    }
    return NULL;
}

static void threads_share_it(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_dir(&f);
    facts_store *s = NULL;
    pthread_t threads[4];
    assert_done(facts_store_open(f.dir, "t", &s, err));
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, worker, s), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        void *fault = s;
        pthread_join(threads[i], &fault);
        assert_null(fault);
    }
    assert_int_equal(facts_store_count(s), 200);
    facts_store_close(s);
    fixture_remove(f.dir);
}

static void another_file_is_replaced(void **state)
{
    (void)state;
    fixture f = {0};
    fixture_dir(&f);
    facts_store *s = NULL;
    char path[128], dir[128];
    snprintf(dir, sizeof dir, "%s/facts", f.dir);
    pack_path(&f, path);
    assert_done(dir_make(dir, err));
    assert_done(file_write(path, SV("this is something else entirely, and long enough"), err));
    assert_done(facts_store_open(f.dir, "t", &s, err));
    assert_int_equal(facts_store_count(s), 0);
    put(s, 7);
    assert_true(has(s, 7));
    facts_store_close(s);
    fixture_remove(f.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_put_is_got),
        cmocka_unit_test(a_torn_tail_is_cut_off),
        cmocka_unit_test(a_damaged_record_is_not_believed),
        cmocka_unit_test(processes_share_it),
        cmocka_unit_test(threads_share_it),
        cmocka_unit_test(another_file_is_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
