#include "base/base.h"
#include <spawn.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "cli/audit.h"
#include "cli/reproduce.h"
#include "cli/show.h"
#include "crawler/crawler.h"

/* The sampled findings that are still there, with what this annotator said of them. Other people's
 * verdicts are not shown: they would lead. */
static const char queue_sql[] =
    "SELECT * FROM (SELECT DISTINCT ON (a.rule, a.repository, a.fingerprint) g.id, a.rule, "
    "g.rule_version, a.repository, encode(s.commit_oid, 'hex'), g.path, g.line, a.fingerprint, "
    "a.stratum, l.verdict, r.url, a.position, a.seed "
    "FROM audit_sample a JOIN repository r ON r.name = a.repository "
    "JOIN current_snapshot s ON s.repository_id = r.id "
    "JOIN finding g ON g.snapshot_id = s.id AND g.rule = a.rule AND g.fingerprint = a.fingerprint "
    "LEFT JOIN audit_label l ON l.rule = a.rule AND l.repository = a.repository "
    "AND l.fingerprint = a.fingerprint AND l.annotator = $2 "
    "WHERE $1::text IS NULL OR a.rule = $1 "
    "ORDER BY a.rule, a.repository, a.fingerprint, a.position, a.seed, g.id) AS q "
    "ORDER BY rule, position, seed, repository, fingerprint";
enum {
    Q_ID,
    Q_RULE,
    Q_RULE_VERSION,
    Q_REPOSITORY,
    Q_COMMIT,
    Q_PATH,
    Q_LINE,
    Q_FINGERPRINT,
    Q_STRATUM,
    Q_VERDICT,
    Q_URL
};

typedef struct {
    const cli_args *args;
    db *conn;
    const db_result *queue;
    const char **said; /* verdict by row; NULL: not read yet */
    const char *annotator;
    int64_t context;
    uint32_t read_count; /* in this session */
} session;

/* One byte from the terminal; -1 at its end. */
static int key_read(void)
{
    unsigned char c;
    ssize_t got;
    fflush(stdout);
    do got = read(STDIN_FILENO, &c, 1);
    while (got < 0 && errno == EINTR);
    return got == 1 ? c : -1;
}

/* A line with echo and backspace; false: given up with escape or at the end of the input. */
static bool line_read(buf *out)
{
    enum { LINE_MAX_BYTES = 500, BACKSPACE = 8, ESCAPE = 27, DELETE = 127 };
    for (;;) {
        int c = key_read();
        if (c < 0 || c == ESCAPE || c == 3 || c == 4) return false;
        if (c == '\r' || c == '\n') break;
        if ((c == BACKSPACE || c == DELETE) && out->size > 0) {
            while (out->size > 1 && ((unsigned char)out->data[out->size - 1] & 0xC0) == 0x80)
                out->size--;
            out->data[--out->size] = '\0';
            fputs("\b \b", stdout);
        } else if (c >= ' ' && c != DELETE && out->size < LINE_MAX_BYTES) {
            buf_add_char(out, (char)c);
            putchar(c);
        }
    }
    putchar('\n');
    return true;
}

/* What came of running it, if that was done and kept. */
static void show_kept(const session *s, uint32_t row)
{
    const verdict_wish wish = {.fingerprint = db_result_text(s->queue, row, Q_FINGERPRINT)};
    stored_verdict v = {0};
    error err = {0};
    bool found = false;
    if (!stored_verdict_read(s->conn, db_result_text(s->queue, row, Q_ID), &v, &found, &err) ||
        (found && !stored_verdict_show(&v, &wish, &err)))
        log_line(LOG_WARNING, "%s", err.text);
    stored_verdict_release(&v);
}

/* Runs `lode reproduce` on the finding, in the mirror. */
static void run_finding(const session *s, uint32_t row)
{
    extern char **environ;
    arena a = {0};
    buf mirror = {0};
    error err = {0};
    if (!cli_mirror_dir(s->args, &mirror, &err)) {
        log_line(LOG_WARNING, "%s", err.text);
    } else {
        char *argv[] = {
            arena_printf(&a, "lode"),
            arena_printf(&a, "reproduce"),
            arena_printf(&a, "--rev"),
            arena_printf(&a, "%s", db_result_text(s->queue, row, Q_COMMIT)),
            arena_printf(&a, "--finding"),
            arena_printf(&a, "%s", db_result_text(s->queue, row, Q_FINGERPRINT)),
            arena_printf(&a, "%s",
                         mirror_path(mirror.data, db_result_text(s->queue, row, Q_URL), &a)),
            NULL};
        pid_t child;
        int status;
        printf("\n");
        fflush(stdout);
        if (posix_spawn(&child, "/proc/self/exe", NULL, NULL, argv, environ) == 0)
            waitpid(child, &status, 0);
        else log_line(LOG_WARNING, "lode reproduce cannot be run");
    }
    buf_release(&mirror);
    arena_release(&a);
}

static bool label_store(const session *s, uint32_t row, const char *verdict, const buf *reason,
                        error *err)
{
    const db_result *q = s->queue;
    const audit_label label = {
        .rule = sv_from(db_result_text(q, row, Q_RULE)),
        .repository = sv_from(db_result_text(q, row, Q_REPOSITORY)),
        .commit = sv_from(db_result_text(q, row, Q_COMMIT)),
        .path = sv_from(db_result_text(q, row, Q_PATH)),
        .fingerprint = sv_from(db_result_text(q, row, Q_FINGERPRINT)),
        .annotator = sv_from(s->annotator),
        .verdict = sv_from(verdict),
        .reason = buf_sv(reason),
        .line = strtoll(db_result_text(q, row, Q_LINE), NULL, 10),
        .rule_version = strtoll(db_result_text(q, row, Q_RULE_VERSION), NULL, 10),
    };
    return audit_label_store(s->conn, &label, err);
}

static void print_head(const session *s, uint32_t row)
{
    uint32_t count = db_result_rows(s->queue), done = 0;
    for (uint32_t i = 0; i < count; i++) done += s->said[i] != NULL;
    printf("\n%s── %u of %u, %u read ── %s ── %s ──%s\n", cli_paint(COLOR_DIM), row + 1, count,
           done, db_result_text(s->queue, row, Q_RULE), db_result_text(s->queue, row, Q_STRATUM),
           cli_paint(COLOR_NONE));
    if (s->said[row]) printf("you said: %s\n", s->said[row]);
}

/* Asks until there is a verdict or another wish; returns the key. */
static int ask(session *s, uint32_t row, error *err)
{
    for (;;) {
        printf("\n%sr%s right  %sw%s wrong  %sd%s by design  %su%s unsure  ·  s skip  b back  "
               "p reproduce  q quit > ",
               cli_paint(COLOR_BOLD), cli_paint(COLOR_NONE), cli_paint(COLOR_BOLD),
               cli_paint(COLOR_NONE), cli_paint(COLOR_BOLD), cli_paint(COLOR_NONE),
               cli_paint(COLOR_BOLD), cli_paint(COLOR_NONE));
        int key = key_read();
        if (key < 0 || key == 3 || key == 4) key = 'q';
        if (key == 'p') {
            run_finding(s, row);
            continue;
        }
        if (key == 's' || key == 'b' || key == 'q') {
            putchar('\n');
            return key;
        }
        const char *verdict = audit_verdict_of_key((char)key);
        if (!verdict) {
            printf("there is no key for that");
            continue;
        }
        buf reason = {0};
        printf("%s\nwhy (enter: no reason, escape: another verdict)? ", verdict);
        bool told = line_read(&reason);
        bool done = told && label_store(s, row, verdict, &reason, err);
        buf_release(&reason);
        if (!told) continue;
        if (!done) return -1;
        s->said[row] = verdict;
        s->read_count++;
        return key;
    }
}

static bool walk(session *s, error *err)
{
    uint32_t count = db_result_rows(s->queue), row = 0;
    while (row < count && s->said[row]) row++;
    while (row < count) {
        print_head(s, row);
        if (!show_finding(s->args, s->conn, db_result_text(s->queue, row, Q_ID), s->context, err))
            return false;
        show_kept(s, row);
        int key = ask(s, row, err);
        if (key < 0) return false;
        if (key == 'q') return true;
        if (key == 'b') {
            row -= row > 0;
            continue;
        }
        do row++;
        while (row < count && s->said[row] && key != 's');
    }
    uint32_t open = 0;
    for (uint32_t i = 0; i < count; i++) open += s->said[i] == NULL;
    if (open) printf("\nThe end of the sample; %u were skipped.\n", open);
    else printf("\nAll %u findings of the sample are read.\n", count);
    return true;
}

/* Keys come at once and without echo; an interruption is a key too, so that the terminal is always
 * given back as it was. */
static bool at_terminal(session *s, error *err)
{
    struct termios before, raw;
    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return error_set(err, ERR_INPUT, "lode audit asks for keys: run it in a terminal");
    raw = before;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG);
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &raw);
    bool done = walk(s, err);
    fflush(stdout);
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    return done;
}

int audit_read(const cli_args *args, db *conn)
{
    error err = {0};
    db_result *queue = NULL;
    session s = {.args = args, .conn = conn, .annotator = audit_annotator(args)};
    if (!cli_number(args, "--context", 0, 100, 5, &s.context)) return EXIT_USAGE;
    const char *params[] = {cli_value(args, "--rule"), s.annotator};
    if (!db_query(conn, queue_sql, params, 2, &queue, &err)) return cli_fail(&err);
    uint32_t count = db_result_rows(queue);
    int status = EXIT_DONE;
    if (count == 0) {
        log_line(LOG_WARNING, "nothing is drawn: `lode audit sample --rule ID` draws findings");
    } else {
        s.queue = queue;
        s.said = base_calloc(count, sizeof *s.said);
        for (uint32_t i = 0; i < count; i++) s.said[i] = db_result_text(queue, i, Q_VERDICT);
        if (!at_terminal(&s, &err)) status = cli_fail(&err);
        else
            log_line(LOG_INFO, "%u verdicts of %s kept; `lode audit` goes on from here",
                     s.read_count, s.annotator);
        free(s.said);
    }
    db_result_free(queue);
    return status;
}
