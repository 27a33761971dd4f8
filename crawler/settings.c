/* git's configuration of the user and the system, as git finds it. */
#include "base/base.h"

#include "crawler/internal.h"

/* Adds one file to config; a file that is not there is no failure. */
static bool config_add(git_config *config, const char *path, git_config_level_t level, error *err)
{
    if (!path_exists(path)) return true;
    if (git_config_add_file_ondisk(config, path, level, NULL, 0) < 0)
        return git_fail(err, "git's configuration file %s", path);
    return true;
}

static bool config_find_and_add(git_config *config, int (*find)(git_buf *),
                                git_config_level_t level, error *err)
{
    git_buf path = {0};
    bool done = find(&path) < 0 || config_add(config, path.ptr, level, err);
    git_buf_dispose(&path);
    return done;
}

bool git_settings_open(git_config **out, error *err)
{
    git_config *config = NULL;
    const char *no_system = getenv("GIT_CONFIG_NOSYSTEM");
    const char *system_file = getenv("GIT_CONFIG_SYSTEM");
    const char *global_file = getenv("GIT_CONFIG_GLOBAL");
    if (git_config_new(&config) < 0) return git_fail(err, "git's configuration");
    bool done = true;
    if (!(no_system && *no_system && strcmp(no_system, "0") != 0))
        done = system_file ? config_add(config, system_file, GIT_CONFIG_LEVEL_SYSTEM, err)
                           : config_find_and_add(config, git_config_find_system,
                                                 GIT_CONFIG_LEVEL_SYSTEM, err);
    if (done && global_file) done = config_add(config, global_file, GIT_CONFIG_LEVEL_GLOBAL, err);
    else if (done)
        done = config_find_and_add(config, git_config_find_xdg, GIT_CONFIG_LEVEL_XDG, err) &&
               config_find_and_add(config, git_config_find_global, GIT_CONFIG_LEVEL_GLOBAL, err);
    if (done) *out = config;
    else git_config_free(config);
    return done;
}

char *git_http_proxy(void)
{
    git_config *config = NULL;
    git_buf value = {0};
    char *proxy = NULL;
    if (!git_settings_open(&config, NULL)) return NULL;
    if (git_config_get_string_buf(&value, config, "http.proxy") == 0 && value.size > 0)
        proxy = base_strdup(value.ptr);
    git_buf_dispose(&value);
    git_config_free(config);
    return proxy;
}
