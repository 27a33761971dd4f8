/* Patterns and values: what matches, what covers what, which clause takes a message. */
#include "base/base.h"
#include "tests/model/linked.h"

/* f(PATTERN) when GUARD stands first; g sends the value with GenServer.cast(S, VALUE). */
static match_result match_of(const char *head, const char *value)
{
    buf text = {0};
    buf_printf(&text,
               "defmodule S do\n  use GenServer\n"
               "  def start_link(_), do: GenServer.start_link(S, 1, name: S)\n"
               "  def f(%s, do: :ok\n  def g(unknown, other), do: GenServer.cast(S, %s)\nend\n",
               head, value);
    buf_add_char(&text, '\0');
    linked *l = linked_open((source[]){{"s.ex", text.data}, {0}});
    const model *m = &l->m;
    val_ix sent = 0;
    bool found = false;
    for (vec_each(&m->edges, e)) {
        if (e->kind != EDGE_CAST) continue;
        sent = e->message;
        found = true;
    }
    assert_true(found);
    function_ix f =
        model_function_of(m, model_module_named(m, model_sym(m, "S")), model_sym(m, "f"), 1);
    assert_int_not_equal(f, NO_IX);
    const model_clause *c = &m->clauses.items[m->functions.items[f].clause_first];
    match_result result = model_match(m, m->kids.items[c->param_first], c->guard, sent);
    linked_close(l);
    buf_release(&text);
    return result;
}

static void values(void **state)
{
    (void)state;
    static const struct {
        const char *head, *value;
        match_result result;
    } cases[] = {
        {":a)", ":a", MATCH_YES},
        {":a)", ":b", MATCH_NO},
        {"_)", "unknown", MATCH_YES},
        {"x)", "{:a, 1}", MATCH_YES},
        {":a)", "unknown", MATCH_MAYBE},
        {"{:a, _})", "{:a, unknown}", MATCH_YES},
        {"{:a, 1})", "{:a, unknown}", MATCH_MAYBE},
        {"{:a, 1})", "{:a, 1}", MATCH_YES},
        {"{:a, 1})", "{:a, 2}", MATCH_NO},
        {"{:a, _})", "{:a, 1, 2}", MATCH_NO},
        {"{:a, _})", ":a", MATCH_NO},
        {"{:a, x})  when x > 1", "{:a, unknown}", MATCH_MAYBE},
        {":a) when 1 > 2", ":b", MATCH_NO},
        {"%{a: 1})", "%{a: 1, b: 2}", MATCH_YES},
        {"%{a: 1})", "%{a: 2}", MATCH_NO},
        {"%{a: _})", "{:a, 1}", MATCH_NO},
        {"{:a, :x} = y)", "{:a, :x}", MATCH_YES},
        {"{:a, :x} = y)", "{:a, :z}", MATCH_NO},
        {"{pid, :x})", "{self(), :x}", MATCH_YES},
        {"{:p, :x})", "{self(), :x}", MATCH_NO},
        {"\"text\")", "\"text\"", MATCH_YES},
        {"\"text\")", "\"other\"", MATCH_NO},
        {"[])", "[]", MATCH_YES},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        match_result got = match_of(cases[i].head, cases[i].value);
        if (got != cases[i].result)
            fail_msg("f(%s of %s: %d, not %d", cases[i].head, cases[i].value, got, cases[i].result);
    }
}

static bool covers(const char *wide, const char *narrow)
{
    buf text = {0};
    buf_printf(&text, "defmodule S do\n  def f(%s), do: 1\n  def g(%s), do: 1\nend\n", wide,
               narrow);
    buf_add_char(&text, '\0');
    linked *l = linked_open((source[]){{"s.ex", text.data}, {0}});
    const model *m = &l->m;
    module_ix s = model_module_named(m, model_sym(m, "S"));
    node_ix heads[2];
    for (int i = 0; i < 2; i++) {
        function_ix f = model_function_of(m, s, model_sym(m, i ? "g" : "f"), 1);
        heads[i] = m->kids.items[m->clauses.items[m->functions.items[f].clause_first].param_first];
    }
    bool result = model_pattern_covers(m, heads[0], heads[1]);
    linked_close(l);
    buf_release(&text);
    return result;
}

static void patterns(void **state)
{
    (void)state;
    assert_true(covers("_", ":a"));
    assert_true(covers("x", "{:a, 1}"));
    assert_true(covers("{:a, _}", "{:a, 1}"));
    assert_true(covers("{:a, x}", "{:a, {:b, y}}"));
    assert_true(covers("%{a: _}", "%{a: 1, b: 2}"));
    assert_true(covers("msg = {:a, _}", "{:a, 1}"));
    assert_true(covers("{:a, _}", "{:a, 1} = msg"));
    assert_false(covers(":a", "_"));
    assert_false(covers("{:a, 1}", "{:a, _}"));
    assert_false(covers("{:a, _}", "{:b, _}"));
    assert_false(covers("{:a, _}", "{:a, _, _}"));
    assert_false(covers("%{a: 1, b: 2}", "%{a: 1}"));
    /* One name twice asks for equal parts. */
    assert_false(covers("{x, x}", "{a, b}"));
}

static void clause_for(void **state)
{
    (void)state;
    linked *l = linked_open(
        (source[]){{"s.ex", "defmodule S do\n  use GenServer\n"
                            "  def start_link(_), do: GenServer.start_link(S, 1, name: S)\n"
                            "  def one, do: GenServer.call(S, {:b, 1})\n"
                            "  def two(x), do: GenServer.call(S, {:b, x})\n"
                            "  def three, do: GenServer.call(S, {:z, 1, 2})\n"
                            "  def handle_call(:a, _, s), do: {:reply, 1, s}\n"
                            "  def handle_call({:b, 2}, _, s), do: {:reply, 1, s}\n"
                            "  def handle_call({:b, n}, _, s) when n > 5, do: {:reply, 1, s}\n"
                            "  def handle_call({:b, _}, _, s), do: {:reply, 1, s}\n"
                            "  def handle_call({:b, _}, _, s), do: {:reply, 2, s}\n"
                            "  def handle_cast({:z, _, _}, s), do: {:noreply, s}\nend\n"},
                   {0}});
    const model *m = &l->m;
    buf_clear(&l->text);
    for (vec_each(&m->edges, e)) {
        if (e->kind != EDGE_CALL) continue;
        buf_printf(&l->text, "%s:", model_function_label(m, e->function, &l->scratch));
        match_result result = MATCH_NO;
        for (callback_ix at = model_clause_for(m, 0, CB_CALL, e->message, 0, &result); at != NO_IX;
             at = model_clause_for(m, 0, CB_CALL, e->message, at + 1, &result)) {
            buf_printf(&l->text, " %u%s", model_place(m, m->callbacks.items[at].node).line,
                       result == MATCH_YES ? "!" : "");
            if (result == MATCH_YES) break;
        }
        buf_add_char(&l->text, '\n');
    }
    assert_says(l, "S.one/0: 9 10!\n");
    assert_says(l, "S.two/1: 8 9 10!\n");
    assert_says(l, "S.three/0:\n");
    linked_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),
        cmocka_unit_test(patterns),
        cmocka_unit_test(clause_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
