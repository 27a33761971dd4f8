/* The private cluster. Its data folder is handed to PostgreSQL's programs as an open descriptor
 * ("/proc/self/fd/N"): so it may lie below folders that the programs' user must not enter (a
 * checkout in root's home), and its path may hold any character. See docs/decisions/cluster.md. */
#include "base/base.h"
#include <fcntl.h>
#include <ftw.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include "db/cluster_process.h"
#include "db/private.h"

enum {
    SOCKET_PATH_MAX = 107, /* sun_path of unix(7), without the final NUL */
    SOCKET_NAME_SIZE = 14  /* "/.s.PGSQL.5432" */
};

static const char settings[] = "\n# --- written by lode ---\n"
                               "listen_addresses = ''\n"
                               "unix_socket_permissions = 0700\n"
                               "port = 5432\n"
                               "max_connections = 60\n"
                               "shared_buffers = 128MB\n"
                               "work_mem = 32MB\n"
                               "maintenance_work_mem = 128MB\n"
                               "fsync = on\n"
                               "synchronous_commit = on\n"
                               "full_page_writes = on\n"
                               "max_wal_size = 2GB\n"
                               "jit = off\n"
                               "timezone = 'UTC'\n"
                               "log_timezone = 'UTC'\n"
                               "log_min_messages = warning\n"
                               "log_checkpoints = off\n"
                               "logging_collector = off\n";

static void pg_path(const char *state_dir, const char *name, buf *out)
{
    buf_printf(out, "%s/pg/%s", state_dir, name);
}

/* A folder outside the state folder must be one we made: ours, and closed to others. */
static bool socket_dir_usable(const char *path, uid_t uid)
{
    struct stat info;
    return lstat(path, &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == uid &&
           (info.st_mode & 077) == 0;
}

/* Can the socket stand in the data folder? libpq takes a comma for the next host's beginning. */
static bool socket_fits(const db_cluster *c)
{
    return c->data_dir.size + SOCKET_NAME_SIZE <= SOCKET_PATH_MAX &&
           !sv_has(buf_sv(&c->data_dir), SV(","));
}

/* data_dir, or the recorded short folder where the socket cannot stand in it. */
static void socket_dir_look(const char *state_dir, db_cluster *c)
{
    buf_clear(&c->socket_dir);
    if (socket_fits(c)) {
        buf_add(&c->socket_dir, buf_sv(&c->data_dir));
        return;
    }
    buf path = {0}, text = {0};
    pg_path(state_dir, "socket-dir", &path);
    if (file_read(path.data, 4096, &text, NULL)) buf_add(&c->socket_dir, sv_trim(buf_sv(&text)));
    buf_release(&path);
    buf_release(&text);
}

/* May stand in a setting and on a shell's command line without quotes. */
static bool is_plain(const char *path)
{
    for (const char *p = path; *p; p++)
        if (!((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') ||
              strchr("/._-", *p)))
            return false;
    return true;
}

/* Makes the short folder and records it. */
static bool socket_dir_make(const char *state_dir, const pg_user *user, db_cluster *c, error *err)
{
    if (socket_fits(c)) return true;
    if (c->socket_dir.size && is_plain(c->socket_dir.data) &&
        socket_dir_usable(c->socket_dir.data, user->uid))
        return true;
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    char path[SOCKET_PATH_MAX];
    bool own = runtime && *runtime == '/' && is_plain(runtime) && strlen(runtime) < 60 &&
               geteuid() != 0 && access(runtime, W_OK) == 0;
    snprintf(path, sizeof path, "%s/lode-XXXXXX", own ? runtime : "/tmp");
    if (!mkdtemp(path)) return error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    if (geteuid() == 0 && chown(path, user->uid, user->gid) != 0)
        return error_set(err, ERR_IO, "%s: %s", path, strerror(errno));
    buf record = {0};
    pg_path(state_dir, "socket-dir", &record);
    buf_clear(&c->socket_dir);
    buf_add_c(&c->socket_dir, path);
    bool done = file_write(record.data, buf_sv(&c->socket_dir), err);
    buf_release(&record);
    return done;
}

static void socket_dir_drop(const char *state_dir, const db_cluster *c)
{
    if (c->socket_dir.size == 0 || sv_eq(buf_sv(&c->socket_dir), buf_sv(&c->data_dir))) return;
    buf record = {0};
    pg_path(state_dir, "socket-dir", &record);
    if (rmdir(c->socket_dir.data) == 0) unlink(record.data);
    buf_release(&record);
}

static uint32_t data_major(const db_cluster *c)
{
    buf path = {0}, text = {0};
    buf_printf(&path, "%s/PG_VERSION", c->data_dir.data);
    uint32_t major = 0;
    if (file_read(path.data, 64, &text, NULL) && text.size)
        major = (uint32_t)strtoul(text.data, NULL, 10);
    buf_release(&path);
    buf_release(&text);
    return major;
}

static bool answers(const db_cluster *c)
{
    if (!c->exists || c->socket_dir.size == 0) return false;
    const char *keywords[] = {"host", "port", "user", "dbname", "connect_timeout", NULL};
    const char *values[] = {c->socket_dir.data, "5432", "lode", "postgres", "5", NULL};
    return PQpingParams(keywords, values, 0) == PQPING_OK;
}

/* Paths and whether it runs; the programs are looked for only when they are needed. */
static void look_around(const char *state_dir, db_cluster *out)
{
    memset(out, 0, sizeof *out);
    pg_path(state_dir, "data", &out->data_dir);
    socket_dir_look(state_dir, out);
    out->major = data_major(out);
    out->exists = out->major != 0;
    out->running = answers(out);
}

static void look_for_programs(db_cluster *c)
{
    uint32_t found = 0;
    pg_bin_find(c->major, &c->bin_dir, &found);
    if (c->major == 0) c->major = found;
}

void db_cluster_look(const char *state_dir, db_cluster *out)
{
    pg_user user;
    look_around(state_dir, out);
    look_for_programs(out);
    if (pg_user_find(out->data_dir.data, &user, NULL)) buf_add_c(&out->user, user.name);
}

void db_cluster_release(db_cluster *cluster)
{
    buf_release(&cluster->data_dir);
    buf_release(&cluster->socket_dir);
    buf_release(&cluster->bin_dir);
    buf_release(&cluster->user);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *at)
{
    (void)info;
    (void)kind;
    (void)at;
    return remove(path);
}

static void remove_tree(const char *path)
{
    if (path_exists(path)) nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static bool program(const db_cluster *c, const pg_user *user, const char *name,
                    const char *const *args, int data_fd, error *err)
{
    buf path = {0}, said = {0};
    const char *argv[16] = {NULL};
    size_t count = 1;
    buf_printf(&path, "%s/%s", c->bin_dir.data, name);
    argv[0] = path.data;
    for (; *args && count + 1 < ARRAY_LEN(argv); args++) argv[count++] = *args;
    bool done = pg_program_run(user, argv, data_fd, &said, err);
    buf_release(&path);
    buf_release(&said);
    return done;
}

/* initdb into a folder beside, completed by the rename: killed on the way, it is begun anew. */
static bool cluster_make(const char *state_dir, db_cluster *c, const pg_user *user, error *err)
{
    buf fresh = {0}, conf = {0}, text = {0};
    bool done = false;
    int fd = -1;
    char data[64];
    pg_path(state_dir, "data.new", &fresh);
    remove_tree(fresh.data);
    if (mkdir(fresh.data, 0700) != 0 ||
        (geteuid() == 0 && chown(fresh.data, user->uid, user->gid) != 0) ||
        (fd = open(fresh.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
        error_set(err, ERR_IO, "%s: %s", fresh.data, strerror(errno));
        goto out;
    }
    snprintf(data, sizeof data, "/proc/self/fd/%d", fd);
    const char *args[] = {"-D",   data,         "-U", "lode",  "-E",
                          "UTF8", "--locale=C", "-A", "trust", "--no-instructions",
                          NULL};
    if (!program(c, user, "initdb", args, fd, err)) goto out;
    buf_printf(&conf, "%s/postgresql.conf", fresh.data);
    if (!file_read(conf.data, 1 << 20, &text, err)) goto out;
    buf_add_c(&text, settings);
    if (!file_write(conf.data, buf_sv(&text), err)) goto out;
    if (geteuid() == 0 && chown(conf.data, user->uid, user->gid) != 0) {
        error_set(err, ERR_IO, "%s: %s", conf.data, strerror(errno));
        goto out;
    }
    if (rename(fresh.data, c->data_dir.data) != 0) {
        error_set(err, ERR_IO, "%s: %s", c->data_dir.data, strerror(errno));
        goto out;
    }
    c->exists = true;
    done = true;
out:
    if (fd >= 0) close(fd);
    buf_release(&fresh);
    buf_release(&conf);
    buf_release(&text);
    return done;
}

/* Runs pg_ctl on the data folder. */
static bool pg_ctl(const db_cluster *c, const pg_user *user, const char *verb, error *err)
{
    int fd = open(c->data_dir.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return error_set(err, ERR_IO, "%s: %s", c->data_dir.data, strerror(errno));
    char data[64], log[96], options[160];
    snprintf(data, sizeof data, "/proc/self/fd/%d", fd);
    snprintf(log, sizeof log, "%s/server.log", data);
    bool inside = sv_eq(buf_sv(&c->socket_dir), buf_sv(&c->data_dir));
    snprintf(options, sizeof options, "-c unix_socket_directories=%s",
             inside ? "." : c->socket_dir.data);
    const char *start[] = {"start", "-D", data, "-w", "-t",    "60",
                           "-s",    "-l", log,  "-o", options, NULL};
    const char *stop[] = {"stop", "-D", data, "-w", "-t", "60", "-s", "-m", "fast", NULL};
    bool done = program(c, user, "pg_ctl", strcmp(verb, "start") == 0 ? start : stop, fd, err);
    close(fd);
    return done;
}

static bool database_make(const db_cluster *c, error *err)
{
    const char *keywords[] = {"host", "port", "user", "dbname", "connect_timeout", NULL};
    const char *values[] = {c->socket_dir.data, "5432", "lode", "postgres", "10", NULL};
    db conn = {.pg = PQconnectdbParams(keywords, values, 0)};
    db_result *have = NULL;
    bool done = false;
    if (PQstatus(conn.pg) != CONNECTION_OK) db_fault(&conn, NULL, "the private cluster", err);
    else if (db_query(&conn, "SELECT 1 FROM pg_database WHERE datname = 'lode'", NULL, 0, &have,
                      err))
        done = db_result_rows(have) > 0 || db_exec(&conn, "CREATE DATABASE lode", err);
    db_result_free(have);
    PQfinish(conn.pg);
    return done;
}

static void url_add(const db_cluster *c, buf *url)
{
    buf_add_c(url, "postgresql://lode@/lode?host=");
    for (size_t i = 0; i < c->socket_dir.size; i++) {
        char one[2] = {c->socket_dir.data[i], '\0'};
        if (is_plain(one) && one[0] != '/') buf_add_char(url, one[0]);
        else buf_printf(url, "%%%02X", (unsigned)(unsigned char)one[0]);
    }
}

/* One process at a time makes, starts or stops; -1 after a fault. Closing it unlocks. */
static int cluster_lock(const char *state_dir, error *err)
{
    buf path = {0};
    buf_printf(&path, "%s/pg", state_dir);
    int fd = -1;
    if (dir_make(path.data, err)) {
        buf_add_c(&path, "/lock");
        fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (fd < 0 || flock(fd, LOCK_EX) != 0) {
            error_set(err, ERR_IO, "%s: %s", path.data, strerror(errno));
            if (fd >= 0) close(fd);
            fd = -1;
        }
    }
    buf_release(&path);
    return fd;
}

static bool start_locked(const char *state_dir, db_cluster *c, error *err)
{
    pg_user user;
    if (!pg_user_find(c->data_dir.data, &user, err)) return false;
    look_for_programs(c);
    if (c->bin_dir.size == 0)
        return error_set(err, ERR_IO,
                         "PostgreSQL%s is not installed: apt-get install postgresql, or set "
                         "LODE_PG_BIN, or name a server with --db",
                         c->exists ? " of the version that made the data" : "");
    if (!c->exists && !cluster_make(state_dir, c, &user, err)) return false;
    if (!socket_dir_make(state_dir, &user, c, err)) return false;
    if (!pg_ctl(c, &user, "start", err))
        return error_prefix(err, "see %.90s/server.log", c->data_dir.data);
    return true;
}

bool db_cluster_start(const char *state_dir, buf *url, error *err)
{
    int lock = cluster_lock(state_dir, err);
    if (lock < 0) return false;
    db_cluster c;
    look_around(state_dir, &c);
    bool done = c.running || start_locked(state_dir, &c, err);
    done = done && database_make(&c, err);
    if (done) url_add(&c, url);
    db_cluster_release(&c);
    close(lock);
    return done;
}

bool db_cluster_stop(const char *state_dir, error *err)
{
    int lock = cluster_lock(state_dir, err);
    if (lock < 0) return false;
    db_cluster c;
    pg_user user;
    look_around(state_dir, &c);
    bool done = true;
    if (c.running) {
        look_for_programs(&c);
        done = pg_user_find(c.data_dir.data, &user, err) && pg_ctl(&c, &user, "stop", err);
        if (done) socket_dir_drop(state_dir, &c);
    }
    db_cluster_release(&c);
    close(lock);
    return done;
}
