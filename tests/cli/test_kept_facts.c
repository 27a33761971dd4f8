/* Facts are kept by content and front-end version: what is parsed again, and what is not. */
#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "cli/pipeline.h"
#include "tests/common/fixture.h"

typedef struct {
    char *folder;
    arena memory;
    facts_store *store;
} fixture;

static int setup(void **state)
{
    fixture *f = base_calloc(1, sizeof *f);
    f->folder = scratch_make();
    run("mkdir '%s/a'; cd '%s/a'; printf 'defmodule A do\\nend\\n' >a.ex; "
        "printf 'defmodule B do\\nend\\n' >b.ex; printf -- '-module(c).\\n' >c.erl; cp -r . "
        "../fork",
        f->folder, f->folder);
    *state = f;
    return crawler_init(NULL) ? 0 : -1;
}

static int teardown(void **state)
{
    fixture *f = *state;
    facts_store_close(f->store);
    scratch_remove(f->folder);
    arena_release(&f->memory);
    free(f);
    crawler_end();
    return 0;
}

static void open_store(fixture *f, const char *name)
{
    error err = {0};
    facts_store_close(f->store);
    f->store = NULL;
    if (!facts_store_open(f->folder, name, &f->store, &err)) fail_msg("%s", err.text);
}

static void expect(fixture *f, const char *folder, uint32_t parsed, uint32_t reused)
{
    pipeline_result result = {0};
    error err = {0};
    pipeline_options options = {.path = arena_printf(&f->memory, "%s/%s", f->folder, folder),
                                .store = f->store};
    if (!pipeline_run(&options, &result, &err)) fail_msg("%s", err.text);
    assert_int_equal(result.parsed_count, parsed);
    assert_int_equal(result.reused_count, reused);
    pipeline_release(&result);
}

static void test_a_content_is_parsed_once(void **state)
{
    fixture *f = *state;
    open_store(f, "facts");
    expect(f, "a", 3, 0);
    expect(f, "a", 0, 3);
    expect(f, "fork", 0, 3);
    run("cd '%s/fork'; printf 'defmodule D do\\nend\\n' >>a.ex; cp b.ex e.ex", f->folder);
    expect(f, "fork", 1, 3);
}

/* Copies what is kept as a version of the program with an older Erlang front end left it. */
static void keep_as_older_erlang(fixture *f)
{
    snapshot *s;
    uint32_t count = 0;
    facts_store *from = f->store, *to = NULL;
    error err = {0};
    assert_true(facts_store_open(f->folder, "older", &to, &err));
    assert_true(snapshot_open(arena_printf(&f->memory, "%s/a", f->folder), NULL, NULL, &s, &err));
    const snapshot_entry *entries = snapshot_entries(s, &count);
    assert_int_equal(count, 3);
    for (uint32_t i = 0; i < count; i++) {
        buf bytes = {0};
        lang language = lang_of_path(entries[i].path);
        db_key key = pipeline_facts_key(entries[i].id, language);
        assert_true(facts_store_get(from, key, &bytes));
        sv oid = {(const char *)entries[i].id, 20};
        if (language == LANG_ERLANG)
            key = db_key_make(DB_TABLE_blob, v_bytes(oid), v_text_c(lang_name(language)),
                              v_i32(lang_version(language) - 1));
        assert_true(facts_store_put(to, key, buf_sv(&bytes), &err));
        buf_release(&bytes);
    }
    snapshot_close(s);
    facts_store_close(to);
}

static void test_a_new_front_end_parses_its_language(void **state)
{
    fixture *f = *state;
    open_store(f, "facts");
    expect(f, "a", 3, 0);
    keep_as_older_erlang(f);
    open_store(f, "older");
    expect(f, "a", 1, 2);
    expect(f, "a", 0, 3);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_content_is_parsed_once),
        TEST(test_a_new_front_end_parses_its_language),
    };
    return cmocka_run_group_tests_name("kept facts", tests, NULL, NULL);
}
