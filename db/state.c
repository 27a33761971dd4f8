#include "base/base.h"
#include <sys/stat.h>
#include <unistd.h>
#include "db/db.h"

/* The folder of the checkout that holds this program (the program's folder or one of the two above
 * it, known by layers.txt), or false. */
static bool checkout_dir(buf *out)
{
    char path[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    if (size <= 0) return false;
    path[size] = '\0';
    for (int up = 0; up < 3; up++) {
        char *slash = strrchr(path, '/');
        if (!slash || slash == path) return false;
        *slash = '\0';
        buf marker = {0};
        buf_printf(&marker, "%s/layers.txt", path);
        bool here = path_exists(marker.data) && access(path, W_OK) == 0;
        buf_release(&marker);
        if (here) {
            buf_add_c(out, path);
            return true;
        }
    }
    return false;
}

static bool set(const char *text)
{
    return text && *text;
}

bool db_state_dir(const char *named, buf *out, error *err)
{
    buf path = {0};
    const char *home = getenv("HOME"), *xdg = getenv("XDG_STATE_HOME");
    if (!set(named)) named = getenv("LODE_STATE");
    if (set(named)) buf_add_c(&path, named);
    else if (checkout_dir(&path)) buf_add_c(&path, "/state");
    else if (set(xdg)) buf_printf(&path, "%s/lode", xdg);
    else if (set(home)) buf_printf(&path, "%s/.local/state/lode", home);
    else buf_add_c(&path, "state");

    bool done = dir_make(path.data, err);
    if (done) {
        char *real = realpath(path.data, NULL);
        if (real) buf_add_c(out, real);
        else done = error_set(err, ERR_IO, "%s: %s", path.data, strerror(errno));
        free(real);
    }
    if (!done) error_prefix(err, "the state folder cannot be made (name another with --state)");
    buf_release(&path);
    return done;
}
