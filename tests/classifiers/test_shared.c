/* What rules share: which messages a server takes, who sends to it, how far a path is trusted. */
#include "base/base.h"
#include "tests/model/linked.h"

#include "classifiers/rules.h"
#include "classifiers/shared.h"

/* A server with the given info clauses. */
static linked *with_info(const char *clauses)
{
    buf text = {0};
    buf_printf(&text, "defmodule S do\n  use GenServer\n  def init(_), do: {:ok, 0}\n%s\nend\n",
               clauses);
    buf_add_char(&text, '\0');
    linked *l = linked_open((source[]){{"s.ex", text.data}, {0}});
    buf_release(&text);
    return l;
}

static void messages_taken(void **state)
{
    (void)state;
    static const struct {
        const char *clauses, *tag;
        uint32_t arity;
        bool taken, specific;
    } cases[] = {
        {"  def handle_info({:DOWN, r, _, _, _}, s), do: {:noreply, {r, s}}", "DOWN", 5, true,
         true},
        {"  def handle_info({:DOWN, r, _, _, _}, s), do: {:noreply, {r, s}}", "EXIT", 3, false,
         false},
        {"  def handle_info({:DOWN, _, _}, s), do: {:noreply, s}", "DOWN", 5, false, false},
        {"  def handle_info(_, s), do: {:noreply, s}", "DOWN", 5, true, false},
        {"  def handle_info({ref, _}, s) when is_reference(ref), do: {:noreply, s}", NULL, 2, true,
         true},
        {"  def handle_info({:done, _}, s), do: {:noreply, s}", NULL, 2, false, false},
        {"  def handle_info({:done, _} = m, s), do: {:noreply, {m, s}}", "done", 2, true, true},
        {"  def handle_info(:tick, s), do: {:noreply, s}", "tick", 0, true, true},
        {"  def handle_info(:tick, s), do: {:noreply, s}", "tock", 0, false, false},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        linked *l = with_info(cases[i].clauses);
        bool specific = false;
        bool taken = server_takes_info(&l->m, 0, cases[i].tag, cases[i].arity, &specific);
        if (taken != cases[i].taken || specific != cases[i].specific)
            fail_msg("%s: %d %d", cases[i].clauses, taken, specific);
        assert_true(server_has_info(&l->m, 0));
        linked_close(l);
    }
    linked *none = with_info("");
    assert_false(server_has_info(&none->m, 0));
    linked_close(none);
}

static const source CHAIN[] = {
    {"a.ex", "defmodule A do\n  use GenServer\n"
             "  def start_link(_), do: GenServer.start_link(A, 0, name: A)\n"
             "  def go, do: GenServer.cast(A, {:go, 1})\n"
             "  def init(_), do: {:ok, 0}\n"
             "  def handle_cast({:go, _}, s) do\n    f1()\n    File.read(\"near\")\n"
             "    {:noreply, s}\n  end\n"
             "  defp f1, do: f2()\n  defp f2, do: f3()\n  defp f3, do: f4()\n  defp f4, do: f5()\n"
             "  defp f5, do: f6()\n  defp f6, do: File.read(\"far\")\nend\n"},
    {0}};

static void long_paths(void **state)
{
    (void)state;
    linked *l = linked_open(CHAIN);
    uint32_t near = 0, far = 0;
    for (vec_each(&l->m.effects, e)) {
        if (e->kind != API_BLOCKING) continue;
        uint32_t depth = effect_depth(&l->m, e);
        if (depth == 0) {
            near++;
            assert_int_equal(effect_trust(&l->m, e, CONF_LIKELY), CONF_LIKELY);
        } else {
            far++;
            assert_int_equal(depth, 6);
            assert_int_equal(effect_trust(&l->m, e, CONF_CERTAIN), CONF_POSSIBLE);
        }
    }
    assert_int_equal(near, 1);
    assert_int_equal(far, 1);
    linked_close(l);
}

static void clients_and_keys(void **state)
{
    (void)state;
    linked *l = linked_open(CHAIN);
    findings out = {0};
    classify c = {.m = &l->m, .out = &out};
    uint32_t count = 0, casts = 0;
    const uint32_t *rows = edges_to(&c, 0, &count);
    for (uint32_t i = 0; i < count; i++) casts += l->m.edges.items[rows[i]].kind == EDGE_CAST;
    assert_int_equal(casts, 1);
    callback_ix cast = NO_IX;
    for (callback_ix i = 0; i < l->m.callbacks.count; i++)
        if (l->m.callbacks.items[i].kind == CB_CAST) cast = i;
    assert_int_not_equal(cast, NO_IX);
    assert_string_equal(callback_key(&c, cast), "handle_cast:go/2");
    assert_true(server_is_shared(&l->m, 0));
    assert_false(server_is_per_client(&l->m, 0));
    finding_add(&c, CONF_LIKELY, l->m.callbacks.items[cast].message, 0, "key", "text");
    finding_clients_add(&c, cast, 4);
    assert_int_equal(out.steps.count, 1);
    assert_int_equal(out.steps.items[0].at.line, 4);
    shared_release(&c);
    assert_null(c.shared);
    arena_release(&c.scratch);
    findings_release(&out);
    linked_close(l);
}

static void words(void **state)
{
    (void)state;
    linked *l = linked_open(CHAIN);
    classify c = {.m = &l->m};
    assert_string_equal(timeout_label(&c, 5000), "5 s");
    assert_string_equal(timeout_label(&c, 1500), "1500 ms");
    assert_string_equal(timeout_label(&c, TIMEOUT_NEVER), "no time limit");
    assert_string_equal(timeout_label(&c, TIMEOUT_UNKNOWN_MS), "an unknown time");
    for (vec_each(&l->m.effects, e))
        if (e->kind == API_BLOCKING) assert_string_equal(call_label(&c, e->node), "File.read/1");
    arena_release(&c.scratch);
    linked_close(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_taken),
        cmocka_unit_test(long_paths),
        cmocka_unit_test(clients_and_keys),
        cmocka_unit_test(words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
