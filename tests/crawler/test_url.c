#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "crawler/crawler.h"
#include "tests/common/fixture.h"

static void test_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        url_kind kind;
        const char *part; /* of the refusal */
    } cases[] = {
        {"https://github.com/a/b", URL_HTTPS, NULL},
        {"HTTPS://github.com/a/b", URL_HTTPS, NULL},
        {"http://127.0.0.1:8080/a/b.git", URL_HTTP, NULL},
        {"file:///srv/git/a", URL_FILE, NULL},
        {"/srv/git/a", URL_PATH, NULL},
        {"../a", URL_PATH, NULL},
        {"./strange:name", URL_PATH, NULL},
        {"", URL_NONE, "empty"},
        {"ssh://git@host/a", URL_NONE, "only https"},
        {"git://host/a", URL_NONE, "only https"},
        {"git@host:a/b", URL_NONE, "ssh"},
        {"host:a", URL_NONE, "ssh"},
        {"ext::sh -c true", URL_NONE, "ssh"},
        {"https://user:secret@host/a", URL_NONE, "password"},
        {"https://host", URL_NONE, "missing"},
        {"https:///a", URL_NONE, "missing"},
        {"https://host/a\nb", URL_NONE, "control"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        url_kind kind = URL_PATH;
        error err = {0};
        bool good = url_check(sv_from(cases[i].url), &kind, &err);
        assert_int_equal(kind, cases[i].kind);
        assert_int_equal(good, cases[i].part == NULL);
        if (good) continue;
        assert_int_equal(err.kind, ERR_INPUT);
        if (!strstr(err.text, cases[i].part)) fail_msg("%s: %s", cases[i].url, err.text);
        assert_null(strstr(err.text, "secret"));
    }
}

static void test_mirror_paths(void **state)
{
    (void)state;
    arena a = {0};
    static const struct {
        const char *url, *path;
    } cases[] = {
        {"https://github.com/akira/exq", "/m/github.com/akira/exq.git"},
        {"https://GitHub.com/akira/exq.git/", "/m/github.com/akira/exq.git"},
        {"https://github.com/Akira/exq", "/m/github.com/Akira/exq.git"},
        {"https://host:8443/a", "/m/host%3A8443/a.git"},
        {"http://host/a", "/m/_http/host/a.git"},
        {"https://_http/host/a", "/m/%5Fhttp/host/a.git"},
        {"file:///srv/a.git", "/m/_local/srv/a.git.git"},
        {"/srv/a", "/m/_local/srv/a.git"},
        {"https://host/../../etc/x", "/m/host/%2E./%2E./etc/x.git"},
        {"https://host/a.git/b", "/m/host/a%2Egit/b.git"},
        {"https://host/a b/~c", "/m/host/a%20b/%7Ec.git"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_string_equal(mirror_path("/m", cases[i].url, &a), cases[i].path);
    char long_url[600] = "https://host/";
    memset(long_url + strlen(long_url), 'x', 500);
    char *one = mirror_path("/m", long_url, &a);
    long_url[512] = 'y';
    assert_string_not_equal(one, mirror_path("/m", long_url, &a));
    assert_true(strlen(strrchr(one, '/')) < 255);
    arena_release(&a);
}

static void expect(const char *url, const char *wanted)
{
    arena a = {0};
    error err = {0};
    const char *out;
    if (!url_rewrite(url, &out, &a, &err)) fail_msg("%s", err.text);
    assert_string_equal(out, wanted);
    arena_release(&a);
}

static void test_instead_of(void **state)
{
    (void)state;
    char *folder = scratch_make();
    arena a = {0};
    char *user = arena_printf(&a, "%s/user", folder), *machine = arena_printf(&a, "%s/etc", folder);
    put_file(user, SV("[include]\n\tpath = more\n"
                      "[url \"http://127.0.0.1:99/\"]\n\tinsteadOf = https://github.com/\n"
                      "[url \"/Srv/Mirror/\"]\n\tinsteadOf = https://github.com/own/\n"
                      "[url \"/never\"]\n\tinsteadOf = \"\"\n"));
    put_file(arena_printf(&a, "%s/more", folder),
             SV("[URL \"/inc/\"]\n\tInsteadOf = https://inc/\n"));
    put_file(machine, SV("[url \"/sys/\"]\n\tinsteadOf = https://sys/\n"));
    setenv("GIT_CONFIG_GLOBAL", user, 1);
    setenv("GIT_CONFIG_SYSTEM", machine, 1);
    expect("https://github.com/a/b", "http://127.0.0.1:99/a/b");
    expect("https://github.com/own/b", "/Srv/Mirror/b");
    expect("https://inc/x", "/inc/x");
    expect("https://sys/x", "/sys/x");
    expect("https://gitlab.com/a/b", "https://gitlab.com/a/b");

    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    expect("https://sys/x", "https://sys/x");

    setenv("GIT_CONFIG_COUNT", "1", 1);
    setenv("GIT_CONFIG_KEY_0", "url./env/.insteadOf", 1);
    setenv("GIT_CONFIG_VALUE_0", "https://github.com/own/b", 1);
    expect("https://github.com/own/bc", "/env/c");
    unsetenv("GIT_CONFIG_COUNT");
    unsetenv("GIT_CONFIG_NOSYSTEM");

    put_file(user, SV("[url \"x\n"));
    error err = {0};
    const char *out;
    assert_false(url_rewrite("https://github.com/a", &out, &a, &err));
    assert_non_null(strstr(err.text, user));
    unsetenv("GIT_CONFIG_GLOBAL");
    unsetenv("GIT_CONFIG_SYSTEM");
    scratch_remove(folder);
    arena_release(&a);
}

static void test_home_configuration(void **state)
{
    (void)state;
    char *folder = scratch_make();
    arena a = {0};
    put_file(arena_printf(&a, "%s/.gitconfig", folder),
             SV("[url \"/home/\"]\n\tinsteadOf = https://home/\n"));
    char *before =
        getenv("HOME") ? arena_strndup(&a, getenv("HOME"), strlen(getenv("HOME"))) : NULL;
    setenv("HOME", folder, 1);
    /* libgit2 looks for the home folder when it starts. */
    crawler_end();
    assert_true(crawler_init(NULL));
    expect("https://home/x", "/home/x");
    if (before) setenv("HOME", before, 1);
    scratch_remove(folder);
    arena_release(&a);
}

static int setup(void **state)
{
    (void)state;
    return crawler_init(NULL) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    crawler_end();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_mirror_paths),
        cmocka_unit_test(test_instead_of),
        cmocka_unit_test(test_home_configuration),
    };
    return cmocka_run_group_tests_name("url", tests, setup, teardown);
}
