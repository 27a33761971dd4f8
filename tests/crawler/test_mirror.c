#include "base/base.h"

#include <setjmp.h>
#include <unistd.h>
#include <cmocka.h>

#include "crawler/crawler.h"
#include "tests/common/fixture.h"

typedef struct {
    char *folder;
    char *repo; /* folder/repo: two commits, branch old and tag v1 at the first */
    char *root; /* folder/mirror */
    arena memory;
    error err;
    mirror_options options;
    mirror_result result;
} fixture;

static int setup(void **state)
{
    fixture *f = base_calloc(1, sizeof *f);
    f->folder = scratch_make();
    f->repo = arena_printf(&f->memory, "%s/repo", f->folder);
    f->root = arena_printf(&f->memory, "%s/mirror", f->folder);
    f->options.root = f->root;
    setenv("GIT_CONFIG_GLOBAL", arena_printf(&f->memory, "%s/config", f->folder), 1);
    setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
    run("git init -q '%s'; cd '%s'; echo 1 >a.ex; git add .; git commit -qm one; "
        "git tag -a -m t v1; git branch old; echo 2 >b.ex; git add .; git commit -qm two",
        f->repo, f->repo);
    *state = f;
    return crawler_init(NULL) ? 0 : -1;
}

static int teardown(void **state)
{
    fixture *f = *state;
    scratch_remove(f->folder);
    arena_release(&f->memory);
    free(f);
    unsetenv("GIT_CONFIG_GLOBAL");
    unsetenv("GIT_CONFIG_NOSYSTEM");
    crawler_end();
    return 0;
}

static const char *commit_of(fixture *f, const char *rev)
{
    return run_line(&f->memory, "git -C '%s' rev-parse '%s^{commit}'", f->repo, rev);
}

static void update(fixture *f, const char *url, const char *ref, mirror_outcome outcome)
{
    f->err = (error){0};
    if (!mirror_update(&f->options, url, ref, &f->result, &f->memory, &f->err))
        fail_msg("%s", f->err.text);
    assert_int_equal(f->result.outcome, outcome);
}

static void expect_failure(fixture *f, const char *url, const char *ref, err_kind kind,
                           const char *part)
{
    f->err = (error){0};
    assert_false(mirror_update(&f->options, url, ref, &f->result, &f->memory, &f->err));
    if (!strstr(f->err.text, part)) fail_msg("\"%s\" has no \"%s\"", f->err.text, part);
    assert_int_equal(f->err.kind, kind);
    assert_non_null(strstr(f->err.text, url));
    /* Nothing half is left behind. */
    run("test -z \"$(find '%s' -name '*.new' -o -name '*.old' 2>/dev/null)\"", f->root);
}

static uint32_t file_count(fixture *f)
{
    snapshot *s;
    uint32_t count;
    if (!snapshot_open(f->result.git_dir, f->result.commit, NULL, &s, &f->err))
        fail_msg("%s", f->err.text);
    snapshot_entries(s, &count);
    snapshot_close(s);
    return count;
}

static void test_plain_path(void **state)
{
    fixture *f = *state;
    update(f, f->repo, "", MIRROR_CLONED);
    assert_string_equal(f->result.commit, commit_of(f, "main"));
    assert_string_equal(f->result.branch, "main");
    assert_string_equal(f->result.git_dir, mirror_path(f->root, f->repo, &f->memory));
    assert_int_equal(file_count(f), 2);
    /* No object was copied. */
    run("test -z \"$(find '%s/objects' -name '*.pack' -o -type f -path "
        "'*/objects/[0-9a-f][0-9a-f]/*')\"",
        f->result.git_dir);
    update(f, f->repo, "", MIRROR_SAME);
    run("cd '%s'; echo 3 >c.ex; git add .; git commit -qm three", f->repo);
    update(f, f->repo, "", MIRROR_FETCHED);
    assert_string_equal(f->result.commit, commit_of(f, "main"));
    assert_int_equal(file_count(f), 3);
    /* git itself can read the mirror. */
    assert_string_equal(run_line(&f->memory, "git -C '%s' rev-parse HEAD", f->result.git_dir),
                        f->result.commit);
}

static void test_file_address(void **state)
{
    fixture *f = *state;
    run("cp -r '%s' '%s/with space'", f->repo, f->folder);
    update(f, arena_printf(&f->memory, "file://%s/with%%20space/.git", f->folder), "",
           MIRROR_CLONED);
    assert_string_equal(f->result.commit, commit_of(f, "main"));
    expect_failure(f, "file://elsewhere/srv/repo", "", ERR_INPUT, "another machine");
}

static void test_refs(void **state)
{
    fixture *f = *state;
    const char *first = commit_of(f, "old");
    static const char *const names[] = {"old",       "v1",           "refs/heads/old",
                                        "heads/old", "refs/tags/v1", "tags/v1"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        f->err = (error){0};
        if (!mirror_update(&f->options, f->repo, names[i], &f->result, &f->memory, &f->err))
            fail_msg("%s: %s", names[i], f->err.text);
        assert_string_equal(f->result.commit, first);
        assert_string_equal(f->result.branch, strstr(names[i], "old") ? "old" : "");
        assert_int_equal(file_count(f), 1);
    }
    update(f, f->repo, first, MIRROR_SAME);
    assert_string_equal(f->result.commit, first);
    expect_failure(f, f->repo, "nowhere", ERR_INPUT, "no ref \"nowhere\"");
    expect_failure(f, f->repo, "0123456789012345678901234567890123456789", ERR_INPUT,
                   "leads to no readable commit");
    /* A failure leaves the mirror as it was. */
    update(f, f->repo, "old", MIRROR_SAME);
}

static void test_what_is_no_repository(void **state)
{
    fixture *f = *state;
    const char *path = arena_printf(&f->memory, "%s/absent", f->folder);
    expect_failure(f, path, "", ERR_INPUT, "no folder");
    run("mkdir '%s'", path);
    expect_failure(f, path, "", ERR_INPUT, "no git repository");
    run("git init -q --bare '%s'", path);
    expect_failure(f, path, "", ERR_INPUT, "empty");
    expect_failure(f, "ssh://host/a/b", "", ERR_INPUT, "only https");
}

static void test_no_default_branch(void **state)
{
    fixture *f = *state;
    run("git -C '%s' symbolic-ref HEAD refs/heads/gone", f->repo);
    expect_failure(f, f->repo, "", ERR_INPUT, "no default branch");
    update(f, f->repo, "old", MIRROR_CLONED);
}

static void test_instead_of(void **state)
{
    fixture *f = *state;
    put_file(arena_printf(&f->memory, "%s/config", f->folder),
             sv_from(arena_printf(&f->memory,
                                  "[url \"%s/\"]\n\tinsteadOf = https://github.com/own/\n"
                                  "[url \"ssh://git@host/\"]\n\tinsteadOf = https://ssh/\n",
                                  f->folder)));
    update(f, "https://github.com/own/repo", "", MIRROR_CLONED);
    assert_string_equal(f->result.git_dir,
                        arena_printf(&f->memory, "%s/github.com/own/repo.git", f->root));
    assert_string_equal(f->result.commit, commit_of(f, "main"));
    expect_failure(f, "https://ssh/a", "", ERR_INPUT, "ssh://git@host/a");
}

static void test_shallow_source(void **state)
{
    fixture *f = *state;
    run("git clone -q --depth 1 'file://%s' '%s/shallow'", f->repo, f->folder);
    update(f, arena_printf(&f->memory, "%s/shallow", f->folder), "", MIRROR_CLONED);
    assert_int_equal(file_count(f), 2);
    assert_string_equal(
        run_line(&f->memory, "git -C '%s' rev-list --count HEAD", f->result.git_dir), "1");
}

static void test_offline(void **state)
{
    fixture *f = *state;
    f->options.offline = true;
    expect_failure(f, f->repo, "", ERR_IO, "not in the mirror");
    f->options.offline = false;
    update(f, f->repo, "", MIRROR_CLONED);
    const char *before = f->result.commit;
    run("cd '%s'; echo 3 >c.ex; git add .; git commit -qm three", f->repo);
    f->options.offline = true;
    update(f, f->repo, "", MIRROR_SAME);
    assert_string_equal(f->result.commit, before);
    assert_string_equal(f->result.branch, "main");
    update(f, f->repo, before, MIRROR_SAME);
    expect_failure(f, f->repo, "feature", ERR_IO, "does not hold feature");
}

static void test_damaged_mirror_is_made_again(void **state)
{
    fixture *f = *state;
    update(f, f->repo, "", MIRROR_CLONED);
    run("rm '%s/HEAD'", f->result.git_dir);
    update(f, f->repo, "", MIRROR_CLONED);
    assert_int_equal(file_count(f), 2);
    run("rm -r '%s'; mkdir '%s'; echo x >'%s/objects'", f->result.git_dir, f->result.git_dir,
        f->result.git_dir);
    update(f, f->repo, "", MIRROR_CLONED);
    assert_int_equal(file_count(f), 2);
}

static void test_branch_where_a_folder_of_branches_was(void **state)
{
    fixture *f = *state;
    run("git -C '%s' branch topic/one", f->repo);
    update(f, f->repo, "topic/one", MIRROR_CLONED);
    run("git -C '%s' branch -m topic/one topic", f->repo);
    update(f, f->repo, "topic", MIRROR_CLONED);
    assert_string_equal(f->result.branch, "topic");
}

static void test_source_that_moved_away(void **state)
{
    fixture *f = *state;
    update(f, f->repo, "", MIRROR_CLONED);
    run("mv '%s' '%s/moved'", f->repo, f->folder);
    expect_failure(f, f->repo, "", ERR_INPUT, "no folder");
    run("mv '%s/moved' '%s'", f->folder, f->repo);
    update(f, f->repo, "", MIRROR_SAME);
}

static void test_root_that_cannot_be_made(void **state)
{
    fixture *f = *state;
    put_file(f->root, SV("a file"));
    f->err = (error){0};
    assert_false(mirror_update(&f->options, f->repo, "", &f->result, &f->memory, &f->err));
    assert_int_equal(f->err.kind, ERR_IO);
    assert_non_null(strstr(f->err.text, f->root));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_plain_path),
        TEST(test_file_address),
        TEST(test_refs),
        TEST(test_what_is_no_repository),
        TEST(test_no_default_branch),
        TEST(test_instead_of),
        TEST(test_shallow_source),
        TEST(test_offline),
        TEST(test_damaged_mirror_is_made_again),
        TEST(test_branch_where_a_folder_of_branches_was),
        TEST(test_source_that_moved_away),
        TEST(test_root_that_cannot_be_made),
    };
    return cmocka_run_group_tests_name("mirror", tests, NULL, NULL);
}
