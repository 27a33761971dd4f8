#include "base/base.h"

#include <pthread.h>
#include <setjmp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "crawler/crawler.h"
#include "tests/common/fixture.h"

typedef struct {
    char *folder; /* scratch */
    char *repo;   /* folder/repo */
    arena memory;
    error err;
} fixture;

static int setup(void **state)
{
    fixture *f = base_calloc(1, sizeof *f);
    f->folder = scratch_make();
    f->repo = arena_printf(&f->memory, "%s/repo", f->folder);
    *state = f;
    return crawler_init(NULL) ? 0 : -1;
}

static int teardown(void **state)
{
    fixture *f = *state;
    scratch_remove(f->folder);
    arena_release(&f->memory);
    free(f);
    crawler_end();
    return 0;
}

static int32_t class_of(void *payload, sv path)
{
    (void)payload;
    if (sv_ends(path, SV(".ex"))) return 0;
    return sv_ends(path, SV(".erl")) ? 1 : -1;
}

static const snapshot_options by_class = {.class_of = class_of};

static snapshot *open_at(fixture *f, const char *path, const char *rev, const snapshot_options *o)
{
    snapshot *s;
    if (!snapshot_open(path, rev, o, &s, &f->err)) fail_msg("%s", f->err.text);
    return s;
}

static void expect_failure(fixture *f, const char *path, const char *rev, err_kind kind,
                           const char *part)
{
    snapshot *s = (snapshot *)1;
    f->err = (error){0};
    assert_false(snapshot_open(path, rev, NULL, &s, &f->err));
    assert_null(s);
    assert_int_equal(f->err.kind, kind);
    if (!strstr(f->err.text, part)) fail_msg("\"%s\" has no \"%s\"", f->err.text, part);
    assert_non_null(strstr(f->err.text, path));
}

/* "path path path" of all entries. */
static const char *paths_of(fixture *f, const snapshot *s)
{
    uint32_t count;
    const snapshot_entry *entries = snapshot_entries(s, &count);
    const char *text = "";
    for (uint32_t i = 0; i < count; i++)
        text = arena_printf(&f->memory, "%s%s%s", text, i ? " " : "", entries[i].path.data);
    return text;
}

/* "path:reason path:reason" of all that was left out. */
static const char *skips_of(fixture *f, const snapshot *s)
{
    uint32_t count;
    const snapshot_skip *skips = snapshot_skips(s, &count);
    const char *text = "";
    for (uint32_t i = 0; i < count; i++)
        text = arena_printf(&f->memory, "%s%s%s:%s", text, i ? " " : "", skips[i].path.data,
                            skip_reason_name(skips[i].reason));
    return text;
}

static sv content_of(fixture *f, const snapshot *s, uint32_t index)
{
    uint32_t count;
    const snapshot_entry *entries = snapshot_entries(s, &count);
    snapshot_reader *reader;
    buf out = {0};
    assert_true(index < count);
    assert_true(snapshot_reader_open(s, &reader, &f->err));
    if (!snapshot_read(reader, &entries[index], &out, &f->err)) fail_msg("%s", f->err.text);
    snapshot_reader_close(reader);
    sv copy = {arena_strndup(&f->memory, out.data ? out.data : "", out.size), out.size};
    buf_release(&out);
    return copy;
}

static void test_entries_are_sorted_and_counted(void **state)
{
    fixture *f = *state;
    run("git init -q '%s'; cd '%s'; mkdir -p lib/a src; echo 1 >lib/a.ex; echo 22 >lib/a/b.ex; "
        "echo 333 >lib/a-b.ex; echo x >README; echo 4444 >src/m.erl; chmod +x src/m.erl; "
        "git add .; git commit -qm one",
        f->repo, f->repo);
    snapshot *s = open_at(f, f->repo, NULL, &by_class);
    const snapshot_info *about = snapshot_about(s);
    assert_string_equal(paths_of(f, s), "lib/a-b.ex lib/a.ex lib/a/b.ex src/m.erl");
    assert_string_equal(skips_of(f, s), "");
    assert_int_equal(about->file_count, 5);
    assert_int_equal(about->class_count[0], 3);
    assert_int_equal(about->class_bytes[0], 2 + 3 + 4);
    assert_int_equal(about->class_bytes[1], 5);
    assert_int_equal(about->commit_time_s, 1700000000);
    assert_string_equal(about->branch, "main");
    assert_false(about->is_folder);
    assert_string_equal(about->commit, run_line(&f->memory, "git -C '%s' rev-parse HEAD", f->repo));
    assert_string_equal(about->tree,
                        run_line(&f->memory, "git -C '%s' rev-parse 'HEAD^{tree}'", f->repo));
    uint32_t count;
    const snapshot_entry *entries = snapshot_entries(s, &count);
    char hex[41];
    hex_encode(entries[3].id, 20, hex);
    assert_string_equal(hex, run_line(&f->memory, "git -C '%s' rev-parse HEAD:src/m.erl", f->repo));
    assert_int_equal(entries[3].mode, 0100755);
    assert_int_equal(entries[0].mode, 0100644);
    assert_int_equal(entries[3].class, 1);
    assert_true(sv_eq(content_of(f, s, 3), SV("4444\n")));
    snapshot_close(s);
}

static void test_revisions(void **state)
{
    fixture *f = *state;
    run("git init -q '%s'; cd '%s'; echo 1 >a.ex; git add .; git commit -qm one; "
        "git tag -a -m t v1; git branch old; echo 2 >b.ex; git add .; git commit -qm two; "
        "git clone -q --bare . ../bare.git",
        f->repo, f->repo);
    const char *first = run_line(&f->memory, "git -C '%s' rev-parse HEAD~1", f->repo);
    const char *bare = arena_printf(&f->memory, "%s/bare.git", f->folder);
    static const char *const old[] = {"v1", "old", "refs/heads/old", "HEAD~1"};
    for (size_t i = 0; i < ARRAY_LEN(old); i++) {
        snapshot *s = open_at(f, i % 2 ? f->repo : bare, old[i], NULL);
        assert_string_equal(snapshot_about(s)->commit, first);
        assert_string_equal(snapshot_about(s)->branch, i == 1 || i == 2 ? "old" : "");
        assert_string_equal(paths_of(f, s), "a.ex");
        snapshot_close(s);
    }
    snapshot *s = open_at(f, bare, first, NULL);
    assert_string_equal(paths_of(f, s), "a.ex");
    snapshot_close(s);
    s = open_at(f, bare, "", NULL);
    assert_string_equal(paths_of(f, s), "a.ex b.ex");
    snapshot_close(s);
    expect_failure(f, bare, "no-such", ERR_INPUT, "no commit \"no-such\"");
    expect_failure(f, bare, "0123456789012345678901234567890123456789", ERR_INPUT, "no commit");
    expect_failure(f, bare, "HEAD:a.ex", ERR_INPUT, "no readable commit");
}

static void test_work_tree_is_not_looked_at(void **state)
{
    fixture *f = *state;
    run("git init -q '%s'; cd '%s'; echo committed >a.ex; git add .; git commit -qm one; "
        "echo changed >a.ex; echo new >b.ex; git worktree add -q ../second 2>/dev/null",
        f->repo, f->repo);
    snapshot *s = open_at(f, f->repo, NULL, NULL);
    assert_string_equal(paths_of(f, s), "a.ex");
    assert_true(sv_eq(content_of(f, s, 0), SV("committed\n")));
    snapshot_close(s);
    s = open_at(f, arena_printf(&f->memory, "%s/second", f->folder), NULL, NULL);
    assert_string_equal(snapshot_about(s)->branch, "second");
    assert_true(sv_eq(content_of(f, s, 0), SV("committed\n")));
    snapshot_close(s);
}

static void test_content_is_kept_to_the_byte(void **state)
{
    fixture *f = *state;
    run("git init -q '%s'", f->repo);
    put_file(arena_printf(&f->memory, "%s/a.ex", f->repo), SV("\xEF\xBB\xBFx\r\n\0\xff\r\n"));
    put_file(arena_printf(&f->memory, "%s/empty.ex", f->repo), SV(""));
    /* Filters and line-end conversion of the repository would change it on checkout. */
    put_file(arena_printf(&f->memory, "%s/.gitattributes", f->repo),
             SV("*.ex text=auto eol=lf filter=evil ident\n"));
    run("cd '%s'; blob=$(git hash-object -w --no-filters a.ex); git add empty.ex .gitattributes; "
        "git update-index --add --cacheinfo 100644,$blob,a.ex; git commit -qm one; "
        "git config filter.evil.smudge 'touch %s/ran; cat'; "
        "git config core.fsmonitor 'touch %s/ran'; "
        "printf '#!/bin/sh\\ntouch %s/ran\\n' >.git/hooks/post-checkout; "
        "chmod +x .git/hooks/post-checkout",
        f->repo, f->folder, f->folder, f->folder);
    snapshot *s = open_at(f, f->repo, NULL, &by_class);
    assert_string_equal(paths_of(f, s), "a.ex empty.ex");
    assert_true(sv_eq(content_of(f, s, 0), SV("\xEF\xBB\xBFx\r\n\0\xff\r\n")));
    assert_int_equal(content_of(f, s, 1).size, 0);
    snapshot_close(s);
    assert_false(path_exists(arena_printf(&f->memory, "%s/ran", f->folder)));
}

static void test_links_and_submodules_are_named(void **state)
{
    fixture *f = *state;
    run("git init -q '%s'; cd '%s'; echo 1 >a.ex; ln -s /etc/passwd link.ex; ln -s / other; "
        "git add .; git update-index --add --cacheinfo "
        "160000,1234567890123456789012345678901234567890,deps/sub; git commit -qm one",
        f->repo, f->repo);
    snapshot *s = open_at(f, f->repo, NULL, &by_class);
    assert_string_equal(paths_of(f, s), "a.ex");
    assert_string_equal(skips_of(f, s), "deps/sub:submodule link.ex:symlink");
    snapshot_close(s);
}

static void test_odd_names(void **state)
{
    fixture *f = *state;
    /* A forged tree: "..", ".", a slash in a name, the same name twice. */
    run("git init -q '%s'; cd '%s'; b=$(echo 1 | git hash-object -w --stdin); "
        "c=$(echo 2 | git hash-object -w --stdin); "
        "raw() { perl -e 'print pack \"H*\", shift' $1; }; "
        "{ for name in . .. a/b.ex dup.ex; do printf '100644 %%s\\0' \"$name\"; raw $b; done; "
        "printf '100644 dup.ex\\0'; raw $c; printf '100644 ok.ex\\0'; raw $b; } >../tree; "
        "t=$(git hash-object -w --literally -t tree ../tree); "
        "git update-ref HEAD $(git commit-tree -m x $t)",
        f->repo, f->repo);
    snapshot *s = open_at(f, f->repo, NULL, NULL);
    assert_string_equal(paths_of(f, s), "dup.ex ok.ex");
    assert_string_equal(skips_of(f, s), ".:odd_name ..:odd_name a/b.ex:odd_name dup.ex:odd_name");
    snapshot_close(s);
}

static void test_names_that_are_not_text(void **state)
{
    fixture *f = *state;
    run("git init -q '%s'; cd '%s'; for n in 'caf\\303\\251.ex' 'bad\\377.ex' 'esc\\033[1m.ex' "
        "'new\\nline.ex' 'back\\\\slash.ex' 'rtl\\342\\200\\256.ex'; do "
        "echo 1 >\"$(printf \"$n\")\"; done; git add .; git commit -qm one",
        f->repo, f->repo);
    snapshot *s = open_at(f, f->repo, NULL, NULL);
    assert_string_equal(paths_of(f, s),
                        "back\\\\slash.ex bad\\xff.ex caf\xc3\xa9.ex esc\\x1b[1m.ex "
                        "new\\x0aline.ex rtl\\xe2\\x80\\xae.ex");
    uint32_t count;
    assert_true(sv_eq(snapshot_entries(s, &count)[1].raw_path, SV("bad\xff.ex")));
    assert_true(sv_eq(content_of(f, s, 1), SV("1\n")));
    snapshot_close(s);
    /* A plain folder gives the same paths and the same ids. */
    run("cd '%s'; rm -rf .git", f->repo);
    snapshot *t = open_at(f, f->repo, NULL, NULL);
    assert_int_equal(snapshot_entries(t, &count)[1].path.size, strlen("bad\\xff.ex"));
    assert_true(sv_eq(content_of(f, t, 1), SV("1\n")));
    snapshot_close(t);
}

static void test_limits(void **state)
{
    fixture *f = *state;
    run("git init -q '%s'; cd '%s'; head -c 2000000 /dev/zero >big.ex; head -c 1048576 /dev/zero "
        ">most.ex; mkdir -p a/b/c/d; echo 1 >a/b/c/d/e.ex; echo 1 >a/b/f.ex; git add .; "
        "git commit -qm one",
        f->repo, f->repo);
    for (int folder = 0; folder < 2; folder++) {
        snapshot *s = open_at(f, f->repo, NULL, &by_class);
        assert_string_equal(paths_of(f, s), "a/b/c/d/e.ex a/b/f.ex most.ex");
        assert_string_equal(skips_of(f, s), "big.ex:too_large");
        uint32_t count;
        assert_int_equal(snapshot_skips(s, &count)[0].size_bytes, 2000000);
        snapshot_close(s);
        snapshot_options o = {.class_of = class_of, .depth_max = 2};
        s = open_at(f, f->repo, NULL, &o);
        assert_string_equal(paths_of(f, s), "a/b/f.ex most.ex");
        assert_string_equal(skips_of(f, s), "a/b/c:depth big.ex:too_large");
        snapshot_close(s);
        o = (snapshot_options){.class_of = class_of, .path_bytes_max = 8};
        s = open_at(f, f->repo, NULL, &o);
        assert_string_equal(paths_of(f, s), "a/b/f.ex most.ex");
        assert_string_equal(skips_of(f, s), "a/b/c/d/:path_length big.ex:too_large");
        snapshot_close(s);
        o = (snapshot_options){.class_of = class_of, .entry_count_max = 7};
        s = open_at(f, f->repo, NULL, &o);
        assert_string_equal(paths_of(f, s), "a/b/c/d/e.ex a/b/f.ex");
        assert_string_equal(skips_of(f, s), "big.ex:too_large most.ex:count");
        snapshot_close(s);
        run("rm -rf '%s/.git'", f->repo);
    }
}

static void test_empty_repository(void **state)
{
    fixture *f = *state;
    run("git init -q '%s'", f->repo);
    expect_failure(f, f->repo, NULL, ERR_INPUT, "empty");
    expect_failure(f, f->repo, "main", ERR_INPUT, "no commit \"main\"");
    run("cd '%s'; git commit -qm none --allow-empty", f->repo);
    snapshot *s = open_at(f, f->repo, NULL, NULL);
    assert_string_equal(paths_of(f, s), "");
    assert_int_equal(snapshot_about(s)->file_count, 0);
    snapshot_close(s);
}

static void test_no_default_branch(void **state)
{
    fixture *f = *state;
    run("git init -q '%s'; cd '%s'; echo 1 >a.ex; git add .; git commit -qm one; "
        "git symbolic-ref HEAD refs/heads/gone",
        f->repo, f->repo);
    expect_failure(f, f->repo, NULL, ERR_INPUT, "HEAD leads to no commit");
    snapshot *s = open_at(f, f->repo, "main", NULL);
    assert_string_equal(paths_of(f, s), "a.ex");
    snapshot_close(s);
}

static void test_no_such_folder(void **state)
{
    fixture *f = *state;
    expect_failure(f, f->repo, NULL, ERR_INPUT, "No such file");
    put_file(f->repo, SV("x"));
    expect_failure(f, f->repo, NULL, ERR_INPUT, "neither");
}

static void test_damaged_objects(void **state)
{
    fixture *f = *state;
    run("git init -q '%s'; cd '%s'; mkdir d; echo 1 >a.ex; echo 2 >b.ex; echo 3 >d/c.ex; "
        "echo 4 >e.ex; git add .; git commit -qm one; "
        "o() { h=$(git rev-parse \"HEAD:$1\"); echo .git/objects/$(echo $h | cut -c1-2)/$(echo $h "
        "| cut -c3-); }; rm -f $(o a.ex) $(o d); f=$(o b.ex); chmod u+w $f; "
        "printf 'garbage in the middle' | dd of=$f bs=1 seek=8 conv=notrunc 2>/dev/null",
        f->repo, f->repo);
    snapshot *s = open_at(f, f->repo, NULL, NULL);
    /* The header of b.ex may still be readable: it fails then when it is read. */
    const char *skips = skips_of(f, s);
    assert_non_null(strstr(skips, "a.ex:unreadable"));
    assert_non_null(strstr(skips, "d:unreadable"));
    assert_non_null(strstr(paths_of(f, s), "e.ex"));
    snapshot_reader *reader;
    buf out = {0};
    uint32_t count;
    const snapshot_entry *entries = snapshot_entries(s, &count);
    assert_true(snapshot_reader_open(s, &reader, &f->err));
    for (uint32_t i = 0; i < count; i++) {
        bool good = snapshot_read(reader, &entries[i], &out, &f->err);
        assert_int_equal(good, sv_eq(entries[i].path, SV("e.ex")));
        if (good) continue;
        assert_int_equal(f->err.kind, ERR_INPUT);
        assert_non_null(strstr(f->err.text, "b.ex"));
    }
    assert_true(sv_eq(buf_sv(&out), SV("4\n")));
    snapshot_reader_close(reader);
    buf_release(&out);
    snapshot_close(s);
}

static void test_corrupt_pack(void **state)
{
    fixture *f = *state;
    run("git init -q '%s'; cd '%s'; for i in $(seq 50); do seq $i $((i * 40)) >f$i.ex; done; "
        "git add .; git commit -qm one; git gc -q; p=$(ls .git/objects/pack/*.pack); "
        "chmod u+w $p; size=$(wc -c <$p); head -c $((size / 2)) $p >../half; cat ../half >$p",
        f->repo, f->repo);
    snapshot *s = NULL;
    f->err = (error){0};
    /* Which objects are in the lost half is git's choice: either the commit cannot be read, and
     * that is said, or what is lost is named file by file. */
    if (snapshot_open(f->repo, NULL, NULL, &s, &f->err)) {
        uint32_t skipped, found, good = 0;
        buf out = {0};
        snapshot_reader *reader;
        const snapshot_entry *entries = snapshot_entries(s, &found);
        snapshot_skips(s, &skipped);
        assert_true(snapshot_reader_open(s, &reader, &f->err));
        for (uint32_t i = 0; i < found; i++) good += snapshot_read(reader, &entries[i], &out, NULL);
        assert_true(good < 50);
        assert_int_equal(found + skipped, 50);
        snapshot_reader_close(reader);
        buf_release(&out);
        snapshot_close(s);
    } else {
        assert_int_equal(f->err.kind, ERR_INPUT);
        assert_non_null(strstr(f->err.text, f->repo));
    }
}

static void test_plain_folder(void **state)
{
    fixture *f = *state;
    run("mkdir -p '%s'; cd '%s'; mkdir -p lib deps/x _build/y apps/one/deps node_modules; "
        "echo 1 >lib/a.ex; echo 2 >deps/x/d.ex; echo 3 >_build/y/b.ex; echo >mix.exs; "
        "echo 4 >apps/one/deps/kept.ex; echo 5 >node_modules/n.ex; ln -s /etc link; "
        "ln -s /etc/passwd p.ex; mkfifo pipe.ex; echo 1 >no.ex; chmod +x lib/a.ex; "
        "printf '1\\n' | git hash-object --stdin >../id",
        f->repo, f->repo);
    snapshot *s = open_at(f, f->repo, NULL, &by_class);
    assert_string_equal(paths_of(f, s), "apps/one/deps/kept.ex lib/a.ex no.ex");
    assert_string_equal(skips_of(f, s),
                        "_build:build_dir deps:build_dir node_modules:build_dir p.ex:symlink "
                        "pipe.ex:special");
    assert_true(snapshot_about(s)->is_folder);
    assert_string_equal(snapshot_about(s)->commit, "");
    uint32_t count;
    const snapshot_entry *entries = snapshot_entries(s, &count);
    char hex[41];
    hex_encode(entries[1].id, 20, hex);
    assert_string_equal(hex, run_line(&f->memory, "cat '%s/id'", f->folder));
    assert_int_equal(entries[1].mode, 0100755);
    assert_true(sv_eq(content_of(f, s, 0), SV("4\n")));

    /* What changes after the snapshot was taken is not passed off as its content. */
    run("cd '%s'; echo other >lib/a.ex; rm -r apps/one; ln -s /tmp apps/one; rm no.ex; mkfifo "
        "no.ex",
        f->repo);
    snapshot_reader *reader;
    buf out = {0};
    assert_true(snapshot_reader_open(s, &reader, &f->err));
    for (uint32_t i = 0; i < count; i++) {
        assert_false(snapshot_read(reader, &entries[i], &out, &f->err));
        assert_int_equal(f->err.kind, ERR_INPUT);
        assert_int_equal(out.size, 0);
    }
    assert_false(snapshot_read_id(reader, entries[0].id, &out, &f->err));
    snapshot_reader_close(reader);
    buf_release(&out);
    snapshot_close(s);
    expect_failure(f, f->repo, "main", ERR_INPUT, "plain folder");
}

/* Reads everything and gives a digest. */
typedef struct {
    const snapshot *s;
    unsigned char digest[32];
    bool done;
} reading;

static void *read_everything(void *payload)
{
    reading *r = payload;
    snapshot_reader *reader;
    buf out = {0};
    uint32_t count;
    const snapshot_entry *entries = snapshot_entries(r->s, &count);
    r->done = snapshot_reader_open(r->s, &reader, NULL);
    for (uint32_t i = 0; r->done && i < count; i++)
        r->done = snapshot_read(reader, &entries[i], &out, NULL);
    sha256 h;
    sha256_init(&h);
    sha256_add(&h, out.data ? out.data : "", out.size);
    sha256_end(&h, r->digest);
    buf_release(&out);
    snapshot_reader_close(reader);
    return NULL;
}

static void test_threads_read_the_same(void **state)
{
    fixture *f = *state;
    run("git init -q '%s'; cd '%s'; for i in $(seq 200); do seq $i $((i * 7)) >f$i.ex; done; "
        "git add .; git commit -qm one; git gc -q",
        f->repo, f->repo);
    snapshot *s = open_at(f, f->repo, NULL, NULL);
    reading r[4];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) {
        r[i] = (reading){.s = s};
        assert_int_equal(pthread_create(&threads[i], NULL, read_everything, &r[i]), 0);
    }
    for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    for (int i = 0; i < 4; i++) {
        assert_true(r[i].done);
        assert_memory_equal(r[i].digest, r[0].digest, 32);
    }
    snapshot_close(s);
}

static void test_escaping_keeps_paths_apart(void **state)
{
    (void)state;
    static const struct {
        sv raw;
        const char *shown;
    } cases[] = {
        {{"a/b.ex", 6}, "a/b.ex"},
        {{"\\x41", 4}, "\\\\x41"},
        {{"\xC0\xAF", 2}, "\\xc0\\xaf"},
        {{"\xED\xA0\x80", 3}, "\\xed\\xa0\\x80"},
        {{"\xF0\x9F\x8D\xBA", 4}, "\xF0\x9F\x8D\xBA"},
        {{"\xF0\x9F\x8D", 3}, "\\xf0\\x9f\\x8d"},
        {{"\xF4\x90\x80\x80", 4}, "\\xf4\\x90\\x80\\x80"},
        {{"\xC2\x9B", 2}, "\\xc2\\x9b"},
        {{"\x7F\t", 2}, "\\x7f\\x09"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        buf out = {0};
        path_escape(cases[i].raw, &out);
        assert_string_equal(out.data, cases[i].shown);
        buf_release(&out);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_entries_are_sorted_and_counted),
        TEST(test_revisions),
        TEST(test_work_tree_is_not_looked_at),
        TEST(test_content_is_kept_to_the_byte),
        TEST(test_links_and_submodules_are_named),
        TEST(test_odd_names),
        TEST(test_names_that_are_not_text),
        TEST(test_limits),
        TEST(test_empty_repository),
        TEST(test_no_default_branch),
        TEST(test_no_such_folder),
        TEST(test_damaged_objects),
        TEST(test_corrupt_pack),
        TEST(test_plain_folder),
        TEST(test_threads_read_the_same),
        cmocka_unit_test(test_escaping_keeps_paths_apart),
    };
    return cmocka_run_group_tests_name("snapshot", tests, NULL, NULL);
}
