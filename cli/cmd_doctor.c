#include "base/base.h"
#include <sys/statvfs.h>
#include <unistd.h>
#include "cli/cli.h"
#include "crawler/crawler.h"

typedef enum { CHECK_GOOD, CHECK_ODD, CHECK_BAD } check_state;

static void line(check_state state, const char *what, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void line(check_state state, const char *what, const char *format, ...)
{
    static const char *const marks[] = {"ok ", "!  ", "BAD"};
    static const cli_color colors[] = {COLOR_NONE, COLOR_YELLOW, COLOR_RED};
    va_list args;
    va_start(args, format);
    printf("%s%s%s %-12s ", cli_paint(colors[state]), marks[state], cli_paint(COLOR_NONE), what);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
}

static bool check_disk(const char *what, const char *dir)
{
    struct statvfs info;
    if (statvfs(dir, &info) != 0) {
        line(CHECK_BAD, what, "%s: %s", dir, strerror(errno));
        return false;
    }
    double free_gb = (double)info.f_bavail * (double)info.f_frsize / 1e9;
    bool writable = access(dir, W_OK) == 0;
    check_state state = !writable ? CHECK_BAD : free_gb < 2 ? CHECK_ODD : CHECK_GOOD;
    line(state, what, "%s, %.1f GB free%s%s", dir, free_gb, writable ? "" : ", not writable",
         free_gb < 2 ? ": a corpus of some size needs more" : "");
    return writable;
}

static bool check_cluster(const char *state_dir)
{
    db_cluster c;
    db_cluster_look(state_dir, &c);
    bool found = c.bin_dir.size > 0;
    if (found)
        line(CHECK_GOOD, "postgresql", "version %u in %s, run as %s", c.major, c.bin_dir.data,
             c.user.size ? c.user.data : "nobody known");
    else
        line(CHECK_BAD, "postgresql",
             "its programs were not found: apt-get install postgresql, or use --db");
    line(CHECK_GOOD, "cluster", "%s, %s",
         !c.exists   ? "none yet, made on demand"
         : c.running ? "running"
                     : "stopped, started on demand",
         c.data_dir.data);
    db_cluster_release(&c);
    return found;
}

static bool check_database(const cli_args *args)
{
    error err = {0};
    db *conn = NULL;
    if (!cli_db_open(args, false, &conn, &err)) {
        line(CHECK_BAD, "database", "%s", err.text);
        return false;
    }
    db_result *r = NULL;
    if (db_query(conn,
                 "SELECT (SELECT count(*) FROM snapshot), (SELECT count(*) FROM finding), "
                 "pg_size_pretty(pg_database_size(current_database())), version()",
                 NULL, 0, &r, &err))
        line(CHECK_GOOD, "database", "%s snapshots, %s findings, %s; %.30s",
             db_result_text(r, 0, 0), db_result_text(r, 0, 1), db_result_text(r, 0, 2),
             db_result_text(r, 0, 3));
    db_result_free(r);
    db_close(conn);
    return true;
}

int cmd_doctor(int argc, char **argv)
{
    cli_args args;
    error err = {0};
    buf state = {0}, mirror = {0};
    int status = 0;
    bool good = true;
    if (!cli_parse(argc, argv, 0, 0, &args, &status)) return status;
    line(CHECK_GOOD, "lode", "%s", LODE_VERSION);
    bool shallow = crawler_can_clone_shallow();
    line(shallow ? CHECK_GOOD : CHECK_ODD, "libgit2", "%s, %s", crawler_git_version(),
         shallow ? "clones at depth 1" : "too old for shallow clones: whole histories are cloned");
    if (db_state_dir(args.state, &state, &err)) {
        good = check_disk("state", state.data);
        const char *named = args.db ? args.db : getenv("LODE_DB");
        bool server = named && *named;
        if (!server) good = check_cluster(state.data) && good;
        buf version = {0};
        buf_printf(&version, "%s/pg/data/PG_VERSION", state.data);
        if (server || access(version.data, F_OK) == 0 || errno == EACCES)
            good = check_database(&args) && good;
        buf_release(&version);
    } else {
        line(CHECK_BAD, "state", "%s", err.text);
        good = false;
    }
    if (cli_mirror_dir(&args, &mirror, &err)) {
        if (path_exists(mirror.data)) good = check_disk("mirror", mirror.data) && good;
        else line(CHECK_GOOD, "mirror", "%s, made on demand", mirror.data);
    }
    buf_release(&state);
    buf_release(&mirror);
    if (!cli_flush()) return EXIT_ENVIRONMENT;
    return good ? EXIT_DONE : EXIT_ENVIRONMENT;
}
