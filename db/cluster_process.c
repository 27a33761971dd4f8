#include "base/base.h"
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "db/cluster_process.h"

static bool user_by(struct passwd *entry, pg_user *out)
{
    if (!entry) return false;
    out->uid = entry->pw_uid;
    out->gid = entry->pw_gid;
    snprintf(out->name, sizeof out->name, "%s", entry->pw_name);
    return true;
}

bool pg_user_find(const char *data_dir, pg_user *out, error *err)
{
    memset(out, 0, sizeof *out);
    uid_t self = geteuid();
    if (self != 0) {
        if (!user_by(getpwuid(self), out)) {
            *out = (pg_user){.uid = self, .gid = getegid()};
            snprintf(out->name, sizeof out->name, "%lu", (unsigned long)self);
        }
        return true;
    }
    struct stat info;
    if (stat(data_dir, &info) == 0 && info.st_uid != 0) {
        if (user_by(getpwuid(info.st_uid), out)) return true;
        *out = (pg_user){.uid = info.st_uid, .gid = info.st_gid};
        snprintf(out->name, sizeof out->name, "%lu", (unsigned long)info.st_uid);
        return true;
    }
    const char *named = getenv("LODE_PG_USER");
    if (named && *named) {
        if (user_by(getpwnam(named), out) && out->uid != 0) return true;
        return error_set(err, ERR_IO, "LODE_PG_USER=%s is no unprivileged user of this machine",
                         named);
    }
    if (user_by(getpwnam("postgres"), out) || user_by(getpwnam("nobody"), out)) return true;
    return error_set(err, ERR_IO,
                     "PostgreSQL refuses to run as root and there is no user postgres or nobody: "
                     "name one in LODE_PG_USER");
}

static bool has_programs(const char *dir)
{
    static const char *const names[] = {"initdb", "pg_ctl", "postgres"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        buf path = {0};
        buf_printf(&path, "%s/%s", dir, names[i]);
        bool there = access(path.data, X_OK) == 0;
        buf_release(&path);
        if (!there) return false;
    }
    return true;
}

/* "initdb (PostgreSQL) 15.20" gives 15. */
static uint32_t major_of(const char *dir)
{
    buf path = {0}, said = {0};
    buf_printf(&path, "%s/initdb", dir);
    const char *argv[] = {path.data, "--version", NULL};
    pg_user self = {.uid = geteuid(), .gid = getegid()};
    uint32_t major = 0;
    if (pg_program_run(&self, argv, -1, &said, NULL)) {
        sv text = buf_sv(&said);
        size_t at = sv_find(text, SV(") "), 0);
        if (at != SIZE_MAX) major = (uint32_t)strtoul(text.data + at + 2, NULL, 10);
    }
    buf_release(&path);
    buf_release(&said);
    return major;
}

typedef struct {
    uint32_t wanted;
    uint32_t best;
    buf *dir;
} bin_search;

static void consider(bin_search *search, const char *dir)
{
    if (!has_programs(dir)) return;
    uint32_t major = major_of(dir);
    if (major == 0 || (search->wanted && major != search->wanted) || major <= search->best) return;
    search->best = major;
    buf_clear(search->dir);
    buf_add_c(search->dir, dir);
}

bool pg_bin_find(uint32_t major, buf *bin_dir, uint32_t *found_major)
{
    bin_search search = {.wanted = major, .dir = bin_dir};
    const char *named = getenv("LODE_PG_BIN"), *path = getenv("PATH");
    if (named && *named) {
        consider(&search, named);
    } else {
        static const char *const patterns[] = {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
                                               "/usr/local/pgsql/bin",
                                               "/opt/homebrew/opt/postgresql@*/bin"};
        for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
            glob_t found;
            if (glob(patterns[i], 0, NULL, &found) == 0)
                for (size_t k = 0; k < found.gl_pathc; k++) consider(&search, found.gl_pathv[k]);
            globfree(&found);
        }
        sv rest = sv_from(path ? path : ""), piece;
        while (search.best == 0 && sv_next(&rest, ':', &piece)) {
            buf dir = {0};
            buf_add(&dir, piece);
            if (dir.size) consider(&search, dir.data);
            buf_release(&dir);
        }
    }
    *found_major = search.best;
    return search.best != 0;
}

/* In the child: only async-signal-safe calls, since other threads may have existed. */
static _Noreturn void child(const pg_user *user, char *const *argv, char *const *environment,
                            int data_fd, int write_fd, const gid_t *groups, int group_count)
{
    int null = open("/dev/null", O_RDONLY);
    if (null < 0 || dup2(null, 0) < 0 || dup2(write_fd, 1) < 0 || dup2(write_fd, 2) < 0) _exit(126);
    if (data_fd >= 0 && fcntl(data_fd, F_SETFD, 0) != 0) _exit(126);
    if (geteuid() == 0 && user->uid != 0 &&
        (setgroups((size_t)group_count, groups) != 0 || setgid(user->gid) != 0 ||
         setuid(user->uid) != 0))
        _exit(126);
    if (chdir("/") != 0) _exit(126);
    umask(077);
    execve(argv[0], argv, environment);
    _exit(127);
}

static void last_line(const buf *said, char *out, size_t size)
{
    sv text = sv_trim(buf_sv(said));
    size_t from = text.size;
    while (from > 0 && text.data[from - 1] != '\n') from--;
    snprintf(out, size, "%.*s", SV_FMT(sv_slice(text, from, text.size)));
}

bool pg_program_run(const pg_user *user, const char *const *argv, int data_fd, buf *said,
                    error *err)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return error_set(err, ERR_IO, "pipe: %s", strerror(errno));
    gid_t groups[64];
    int group_count = (int)ARRAY_LEN(groups);
    if (getgrouplist(user->name, user->gid, groups, &group_count) < 0) {
        groups[0] = user->gid;
        group_count = 1;
    }
    /* Settings of the caller's environment (PGDATA, PGHOST, a locale) are none of our cluster's. */
    static const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
                                              "LC_ALL=C", "TZ=UTC", NULL};
    pid_t pid = fork();
    if (pid == 0)
        child(user, (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)environment, data_fd,
              ends[1], groups, group_count);
    int why = errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return error_set(err, ERR_IO, "%s: %s", argv[0], strerror(why));
    }
    char chunk[4096];
    ssize_t n;
    while ((n = read(ends[0], chunk, sizeof chunk)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0) buf_add(said, (sv){chunk, (size_t)n});
    close(ends[0]);
    int status = 0;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return true;
    char line[160];
    last_line(said, line, sizeof line);
    return error_set(err, ERR_IO, "%s failed: %s", argv[0], line[0] ? line : "it could not be run");
}
