#include "base/base.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "cli/cli.h"
#include "cli/quarantine.h"

enum { LINE_MAX_BYTES = 240, LIST_BYTES_MAX = 16 << 20, STACK_BYTES = 64 << 10 };

static const int crash_signals[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

static int list_fd = -1;
static map64 listed; /* first 64 bits of a key; read-only once threads run */

/* The line to append should this thread crash; empty: it works on nothing. Only its own thread
 * writes it, and the handler of a crash runs in the thread that crashed. */
static _Thread_local char current[LINE_MAX_BYTES];
static _Thread_local volatile sig_atomic_t current_size;

static uint64_t key_word(db_key key)
{
    uint64_t word;
    memcpy(&word, key.bytes, sizeof word);
    return word;
}

static void on_crash(int number)
{
    static const char text[] = "lode: error: crashed; quarantined: ";
    size_t size = (size_t)current_size;
    if (size > 0 && list_fd >= 0) {
        /* Nothing can be done about a failing write in a process that dies. */
        if (write(list_fd, current, size) < 0 || write(STDERR_FILENO, text, sizeof text - 1) < 0 ||
            write(STDERR_FILENO, current, size) < 0)
            size = 0;
    }
    signal(number, SIG_DFL);
    raise(number);
}

static void catch_all_crashes(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_crash;
    action.sa_flags = (int)(SA_ONSTACK | SA_RESETHAND | SA_NODEFER);
    for (size_t i = 0; i < ARRAY_LEN(crash_signals); i++)
        sigaction(crash_signals[i], &action, NULL);
}

static void read_list(sv text)
{
    sv line;
    while (sv_next(&text, '\n', &line)) {
        db_key key;
        size_t tab = sv_find(line, SV("\t"), 0);
        if (tab == SIZE_MAX || !hex_decode(sv_slice(line, 0, tab), key.bytes, sizeof key.bytes))
            continue; /* a line torn by a full disk names nothing */
        map64_set(&listed, key_word(key), 1);
    }
}

bool quarantine_open(const char *state_dir, bool catch_crashes, error *err)
{
    buf path = {0}, text = {0};
    buf_printf(&path, "%s/facts", state_dir);
    bool done = dir_make(path.data, err);
    buf_add_c(&path, "/quarantine.tsv");
    if (done) {
        list_fd = open(path.data, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
        done = list_fd >= 0;
        if (!done) error_set(err, ERR_IO, "%s: %s", path.data, strerror(errno));
    }
    done = done && file_read(path.data, LIST_BYTES_MAX, &text, err);
    if (done) read_list(buf_sv(&text));
    if (done && catch_crashes) catch_all_crashes();
    buf_release(&path);
    buf_release(&text);
    return done;
}

void quarantine_close(void)
{
    if (list_fd >= 0) close(list_fd);
    list_fd = -1;
    map64_release(&listed);
}

bool quarantine_has(db_key key)
{
    return map64_get(&listed, key_word(key), 0) != 0;
}

void quarantine_enter(db_key key, sv label)
{
    char hex[33];
    hex_encode(key.bytes, sizeof key.bytes, hex);
    int size = snprintf(current, sizeof current, "%s\t%.*s\n", hex, (int)MIN(label.size, 200U),
                        label.data);
    current_size = size;
}

void quarantine_leave(void)
{
    current_size = 0;
}

void *quarantine_thread_begin(void)
{
    stack_t stack = {.ss_sp = base_malloc(STACK_BYTES), .ss_size = STACK_BYTES};
    sigaltstack(&stack, NULL);
    return stack.ss_sp;
}

void quarantine_thread_end(void *memory)
{
    stack_t stack = {.ss_flags = SS_DISABLE};
    sigaltstack(&stack, NULL);
    free(memory);
}

static volatile sig_atomic_t child_pid;

/* A terminal's signal goes to the child too, by itself; one that was sent to us does not. */
static void pass_on(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (child_pid > 0 && info->si_code <= 0) kill((pid_t)child_pid, number);
}

static bool is_crash(int status)
{
    for (size_t i = 0; i < ARRAY_LEN(crash_signals); i++)
        if (WIFSIGNALED(status) && WTERMSIG(status) == crash_signals[i]) return true;
    return false;
}

/* The child dies with its parent: a crawl that is killed is killed as a whole. */
static pid_t start_child(int (*work)(void *payload), void *payload)
{
    pid_t parent = getpid();
    fflush(stdout);
    pid_t pid = fork();
    if (pid != 0) return pid;
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(EXIT_ENVIRONMENT);
    exit(work(payload));
}

int quarantine_supervise(int (*work)(void *payload), void *payload, uint32_t crashes_max)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = pass_on;
    action.sa_flags = SA_RESTART | SA_SIGINFO;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    for (uint32_t crashes = 0;; crashes++) {
        int status = 0;
        pid_t pid = start_child(work, payload);
        if (pid < 0) {
            log_line(LOG_ERROR, "no process can be started: %s", strerror(errno));
            return EXIT_ENVIRONMENT;
        }
        child_pid = pid;
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
        child_pid = 0;
        if (WIFEXITED(status)) return WEXITSTATUS(status);
        if (!is_crash(status) || crashes == crashes_max) {
            log_line(LOG_ERROR, "ended by signal %d", WTERMSIG(status));
            return is_crash(status) ? EXIT_BUG : EXIT_INTERRUPTED;
        }
        log_line(LOG_WARNING, "going on without it; this is a bug of lode, please report it");
    }
}
