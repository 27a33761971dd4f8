#include "base/base.h"

#include <setjmp.h>
#include <unistd.h>
#include <cmocka.h>

#include "tests/common/fixture.h"

char *scratch_make(void)
{
    const char *parent = getenv("TMPDIR");
    char *path = NULL;
    assert_true(asprintf(&path, "%s/lode-test-XXXXXX", parent && *parent ? parent : "/tmp") > 0);
    assert_non_null(mkdtemp(path));
    return path;
}

void scratch_remove(char *path)
{
    run("chmod -R u+rwX '%s'; rm -rf '%s'", path, path);
    free(path);
}

void put_file(const char *path, sv content)
{
    error err = {0};
    arena a = {0};
    const char *slash = strrchr(path, '/');
    if (slash && slash != path)
        assert_true(dir_make(arena_strndup(&a, path, (size_t)(slash - path)), &err));
    if (!file_write(path, content, &err)) fail_msg("%s", err.text);
    arena_release(&a);
}

char *get_file(const char *path, arena *a)
{
    error err = {0};
    buf text = {0};
    if (!file_read(path, 64 << 20, &text, &err)) fail_msg("%s", err.text);
    char *copy = arena_strndup(a, text.data ? text.data : "", text.size);
    buf_release(&text);
    return copy;
}

static const char environment[] =
    "export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_COUNT=2 "
    "GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*' "
    "GIT_CONFIG_KEY_1=init.defaultBranch GIT_CONFIG_VALUE_1=main "
    "GIT_AUTHOR_NAME=Test GIT_AUTHOR_EMAIL=test@example.org "
    "GIT_COMMITTER_NAME=Test GIT_COMMITTER_EMAIL=test@example.org "
    "GIT_AUTHOR_DATE='1700000000 +0000' GIT_COMMITTER_DATE='1700000000 +0000'; set -e; ";

static char *command_of(arena *a, const char *format, va_list args)
{
    char *text = NULL;
    assert_true(vasprintf(&text, format, args) >= 0);
    char *whole = arena_printf(a, "%s%s", environment, text);
    free(text);
    return whole;
}

void run(const char *format, ...)
{
    arena a = {0};
    va_list args;
    va_start(args, format);
    char *command = command_of(&a, format, args);
    va_end(args);
    int status = system(command);
    if (status != 0) fail_msg("status %d of: %s", status, command + strlen(environment));
    arena_release(&a);
}

char *run_line(arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *command = command_of(a, format, args);
    va_end(args);
    FILE *stream = popen(command, "r");
    assert_non_null(stream);
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length = getline(&line, &capacity, stream);
    int status = pclose(stream);
    if (length < 0 || status != 0) fail_msg("status %d of: %s", status, command);
    if (line[length - 1] == '\n') length--;
    char *copy = arena_strndup(a, line, (size_t)length);
    free(line);
    return copy;
}
