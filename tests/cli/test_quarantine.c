#include "base/base.h"
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "cli/quarantine.h"

static char dir[64];

static int make_dir(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/lode-test-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
    char command[128];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

static db_key key_of(int n)
{
    return db_key_make(DB_TABLE_blob, v_i32(n));
}

static bool is_listed(int n)
{
    error err = {0};
    assert_true(quarantine_open(dir, false, &err));
    bool listed = quarantine_has(key_of(n));
    quarantine_close();
    return listed;
}

/* Each runs in a child process. */
static void *crash_in_thread(void *payload)
{
    void *stack = quarantine_thread_begin();
    quarantine_enter(key_of(2), SV("lib/two.ex"));
    raise(SIGSEGV);
    quarantine_thread_end(stack);
    return payload;
}

static int use_up_the_stack(int depth)
{
    volatile char room[4096];
    room[depth % 4096] = (char)depth;
    return depth < 0 ? 0 : use_up_the_stack(depth + 1) + room[depth % 4096];
}

static void *overflow_in_thread(void *payload)
{
    void *stack = quarantine_thread_begin();
    quarantine_enter(key_of(3), SV("lib/three.ex"));
    if (use_up_the_stack(0) == 1) return NULL;
    quarantine_thread_end(stack);
    return payload;
}

static void die_in(void *(*body)(void *), int expected)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        pthread_t thread;
        if (!quarantine_open(dir, true, NULL)) _exit(1);
        quarantine_enter(key_of(9), SV("what another thread works on"));
        if (pthread_create(&thread, NULL, body, NULL) != 0) _exit(1);
        pthread_join(thread, NULL);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), expected);
}

static void a_crash_names_its_input(void **state)
{
    (void)state;
    assert_false(is_listed(2));
    die_in(crash_in_thread, SIGSEGV);
    assert_true(is_listed(2));
    assert_false(is_listed(9));
}

static void a_used_up_stack_too(void **state)
{
    (void)state;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); /* the sanitizer's own report comes first */
#endif
    die_in(overflow_in_thread, SIGSEGV);
    assert_true(is_listed(3));
}

static void *killed_in_thread(void *payload)
{
    quarantine_enter(key_of(4), SV("lib/four.ex"));
    kill(getpid(), SIGKILL);
    return payload;
}

static void a_kill_names_nothing(void **state)
{
    (void)state;
    die_in(killed_in_thread, SIGKILL);
    assert_false(is_listed(4));
}

static void *crash_after_leaving(void *payload)
{
    quarantine_enter(key_of(5), SV("lib/five.ex"));
    quarantine_leave();
    raise(SIGABRT);
    return payload;
}

static void what_is_done_is_not_named(void **state)
{
    (void)state;
    die_in(crash_after_leaving, SIGABRT);
    assert_false(is_listed(5));
}

/* Crashes on input 6 until that is listed, as a crawl does. */
static int work(void *payload)
{
    error err = {0};
    if (!quarantine_open(dir, true, &err)) return 4;
    for (int n = 6; n <= *(int *)payload; n++) {
        if (quarantine_has(key_of(n))) continue;
        quarantine_enter(key_of(n), SV("lib/some.ex"));
        raise(SIGSEGV);
    }
    return 7;
}

static void the_work_goes_on_without_it(void **state)
{
    (void)state;
    int last = 8;
    assert_int_equal(quarantine_supervise(work, &last, 5), 7);
    assert_true(is_listed(6) && is_listed(7) && is_listed(8));
    last = 30;
    assert_int_equal(quarantine_supervise(work, &last, 2), 70);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_crash_names_its_input),     cmocka_unit_test(a_used_up_stack_too),
        cmocka_unit_test(a_kill_names_nothing),        cmocka_unit_test(what_is_done_is_not_named),
        cmocka_unit_test(the_work_goes_on_without_it),
    };
    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
