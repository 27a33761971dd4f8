#include "base/base.h"

#include <setjmp.h>
#include <cmocka.h>

#include "model/model.h"
#include "parsers/parsers.h"

/* Links sources and prints their supervision trees. */
typedef struct {
    model m;
    facts f[3];
    uint32_t count;
    buf text;
} linked;

static linked *link_sources(const char *const (*sources)[2], uint32_t count)
{
    linked *l = base_calloc(1, sizeof *l);
    model_input inputs[3];
    parser *p = parser_open();
    error err = {0};
    l->count = count;
    for (uint32_t i = 0; i < count; i++) {
        sv path = sv_from(sources[i][0]);
        assert_true(
            parser_run(p, lang_of_path(path), sv_from(sources[i][1]), NULL, &l->f[i], &err));
        inputs[i] = (model_input){path, &l->f[i]};
    }
    parser_close(p);
    model_link(&l->m, inputs, count);
    model_supervision_print(&l->m, &l->text);
    return l;
}

static linked *link_one(const char *path, const char *source)
{
    const char *const sources[][2] = {{path, source}};
    return link_sources(sources, 1);
}

static void unlink_all(linked *l)
{
    model_release(&l->m);
    for (uint32_t i = 0; i < l->count; i++) facts_release(&l->f[i]);
    buf_release(&l->text);
    free(l);
}

static void assert_says(const linked *l, const char *line)
{
    sv text = buf_sv(&l->text);
    if (!sv_has(text, sv_from(line))) fail_msg("no \"%s\" in\n%.*s", line, SV_FMT(text));
}

static void assert_silent(const linked *l, const char *line)
{
    sv text = buf_sv(&l->text);
    if (sv_has(text, sv_from(line))) fail_msg("\"%s\" in\n%.*s", line, SV_FMT(text));
}

#define SUP(body)                                                                                  \
    "defmodule S do\n  use Supervisor\n"                                                           \
    "  def start_link(a), do: Supervisor.start_link(__MODULE__, a, name: __MODULE__)\n" body       \
    "\nend\n"
#define ERL(body)                                                                                  \
    "-module(s).\n-behaviour(supervisor).\n-export([start_link/0, init/1]).\n"                     \
    "start_link() -> supervisor:start_link({local, s}, ?MODULE, []).\n" body "\n"

static void elixir_defaults(void **state)
{
    (void)state;
    linked *l = link_one("s.ex", SUP("def init(_), do: Supervisor.init([A, {B, name: :b}], "
                                     "strategy: :rest_for_one)"));
    assert_says(l, "supervisor S name=S rest_for_one intensity=3 (default) period=5 (default)");
    assert_says(l, "- A permanent (default) shutdown=5000 (default)");
    assert_says(l, "- B name=b permanent (default)");
    assert_int_equal(l->m.supervisors.count, 1);
    assert_int_equal(l->m.children.items[1].position, 1);
    unlink_all(l);
}

static void elixir_stated(void **state)
{
    (void)state;
    linked *l = link_one(
        "s.ex", SUP("@secs 2 * 30\n  def init(_) do\n    children = [A]\n"
                    "    opts = [strategy: :one_for_all, max_restarts: 7, max_seconds: @secs]\n"
                    "    Supervisor.init(children, opts)\n  end"));
    assert_says(l, "one_for_all intensity=7 period=60 ");
    unlink_all(l);
}

static void lists_are_put_together(void **state)
{
    (void)state;
    linked *l = link_one(
        "s.ex",
        SUP("def init(a) do\n    children = [A | more(a)] ++ for(i <- a, do: {E, i})\n"
            "    children = if a, do: children ++ [F], else: children\n"
            "    children |> Enum.reject(&is_nil/1) |> Supervisor.init(strategy: :one_for_one)"
            "\n  end\n  defp more(:few), do: [B]\n  defp more(_), do: [C, D]"));
    assert_says(l, "- A permanent");
    assert_says(l, "- B permanent (default) shutdown=5000 (default) conditional");
    assert_says(l, "- D permanent (default) shutdown=5000 (default) conditional");
    assert_says(l, "- E permanent (default) shutdown=5000 (default) conditional repeated");
    assert_says(l, "- F permanent (default) shutdown=5000 (default) conditional");
    assert_silent(l, "incomplete");
    unlink_all(l);
}

static void helper_chooses_by_argument(void **state)
{
    (void)state;
    linked *l = link_one("s.ex", SUP("def init(_), do: Supervisor.init(kids(:b), strategy: "
                                     ":one_for_one)\n"
                                     "  defp kids(:a), do: [A]\n  defp kids(:b), do: [B]"));
    assert_says(l, "- B permanent");
    assert_silent(l, "- A ");
    unlink_all(l);
}

static void options_of_use_and_child_spec(void **state)
{
    (void)state;
    linked *l = link_one(
        "s.ex",
        SUP("def init(_), do: Supervisor.init([A, B, Supervisor.child_spec(A, id: :again, "
            "restart: :permanent)], strategy: :one_for_one)") "defmodule A do\n  use GenServer, "
                                                              "restart: :temporary, shutdown: "
                                                              "10_000\n"
                                                              "  def init(a), do: {:ok, a}\nend\n"
                                                              "defmodule B do\n  def child_spec(a) "
                                                              "do\n"
                                                              "    %{id: {B, a}, start: {B, "
                                                              ":start_link, [a]}, type: "
                                                              ":supervisor}\n  end\nend\n");
    assert_says(l, "- A temporary shutdown=10000 @");
    assert_says(l, "- B permanent (default) shutdown=infinity (default) supervisor");
    assert_says(l, "- A id=again permanent shutdown=10000");
    unlink_all(l);
}

static void old_supervisor_spec(void **state)
{
    (void)state;
    linked *l = link_one("s.ex", SUP("import Supervisor.Spec\n  def init(_) do\n"
                                     "    supervise([worker(A, [[name: :a]], restart: :transient), "
                                     "supervisor(B, [])], strategy: :one_for_one)\n  end"));
    assert_says(l, "- A name=a transient shutdown=5000 (default)");
    assert_says(l, "- B permanent (default) shutdown=infinity (default) supervisor");
    unlink_all(l);
}

static void nested_and_dynamic(void **state)
{
    (void)state;
    linked *l = link_one(
        "s.ex", "defmodule App do\n  use Application\n  def start(_, _) do\n"
                "    Supervisor.start_link([{DynamicSupervisor, name: Dyn, max_children: 9}, T],"
                " strategy: :one_for_one)\n  end\nend\n"
                "defmodule T do\n  use Supervisor\n"
                "  def start_link(a), do: Supervisor.start_link(__MODULE__, a)\n"
                "  def init(_), do: Supervisor.init([K], strategy: :one_for_one)\nend\n"
                "defmodule K do\n  use GenServer\n  def init(a), do: {:ok, a}\n"
                "  def go(i), do: DynamicSupervisor.start_child(Dyn, {J, i})\nend\n"
                "defmodule J do\n  use GenServer, restart: :transient\n"
                "  def init(a), do: {:ok, a}\nend\n");
    const model *m = &l->m;
    assert_says(l, "supervisor App (inline) one_for_one intensity=3 (default) period=5 (default) "
                   "root");
    assert_says(l, "max_children=9 dynamic");
    assert_says(l, "- J transient shutdown=5000 (default) dynamic");
    server_ix k = m->modules.items[model_module_named(m, model_sym(m, "K"))].server;
    server_ix j = m->modules.items[model_module_named(m, model_sym(m, "J"))].server;
    assert_int_equal(m->servers.items[k].instances, INSTANCES_ONE);
    assert_int_equal(m->servers.items[j].instances, INSTANCES_MANY);
    assert_true(m->servers.items[k].supervised);
    supervisor_ix root = NO_IX, tree = NO_IX;
    for (supervisor_ix i = 0; i < m->supervisors.count; i++) {
        if (m->supervisors.items[i].is_root) root = i;
        if (m->supervisors.items[i].server != NO_IX) tree = i;
    }
    assert_int_equal(m->supervisors.items[tree].parent, root);
    assert_true(model_is_ancestor(m, root, k));
    assert_true(model_is_ancestor(m, tree, k));
    assert_false(model_is_ancestor(m, tree, j));
    child_ix c = model_child_of(m, j, 0);
    assert_int_not_equal(c, NO_IX);
    assert_int_equal(model_child_of(m, j, c + 1), NO_IX);
    unlink_all(l);
}

static void partitions(void **state)
{
    (void)state;
    linked *l = link_one(
        "s.ex", SUP("def init(_), do: Supervisor.init([{PartitionSupervisor, child_spec: "
                    "{DynamicSupervisor, max_restarts: 8}, name: P}], strategy: :one_for_one)\n"
                    "  def go(i), do: DynamicSupervisor.start_child({:via, PartitionSupervisor, "
                    "{P, i}}, {J, i})"));
    assert_says(l, "name=P one_for_one (default) intensity=3 (default) period=5 (default) "
                   "partition");
    assert_says(l, "intensity=8 period=5 (default) dynamic");
    assert_says(l, "- J permanent (default) shutdown=5000 (default) dynamic");
    unlink_all(l);
}

static void raw_map_of_a_dynamic_supervisor(void **state)
{
    (void)state;
    linked *l = link_one("s.ex", "defmodule S do\n  use DynamicSupervisor\n"
                                 "  def init(_), do: {:ok, %{strategy: :one_for_one}}\nend\n");
    assert_says(l, "supervisor S one_for_one intensity=1 (default) period=5 (default) dynamic");
    unlink_all(l);
}

static void erlang_old_style(void **state)
{
    (void)state;
    linked *l = link_one(
        "s.erl", ERL("-define(CHILD(I, T), {I, {I, start_link, []}, permanent, 5000, T, [I]}).\n"
                     "init([]) -> {ok, {{one_for_one, 2, 10}, [?CHILD(a, worker), "
                     "?CHILD(b, supervisor)]}}."));
    assert_says(l, "supervisor s name=s one_for_one intensity=2 period=10");
    assert_says(l, "- a permanent shutdown=5000 @");
    assert_says(l, "- b permanent shutdown=5000 supervisor");
    unlink_all(l);
}

static void erlang_maps_and_variables(void **state)
{
    (void)state;
    linked *l = link_one(
        "s.erl", ERL("init(_) ->\n    Flags = #{strategy => one_for_all, period => "
                     "timer:seconds(6) div 1000},\n"
                     "    More = case os:type() of {unix, _} -> [spec(u)]; _ -> [] end,\n"
                     "    {ok, {Flags, [spec(a) | More] ++ lists:map(fun spec/1, [x, y])}}.\n"
                     "spec(M) -> #{id => M, start => {M, start_link, []}, shutdown => brutal_kill}."
                     "\n"));
    assert_says(l, "one_for_all intensity=1 (default) period=6");
    assert_says(l, "- a permanent (default) shutdown=kill @");
    assert_says(l, "- u permanent (default) shutdown=kill conditional");
    assert_says(l, "- y permanent (default) shutdown=kill @");
    unlink_all(l);
}

static void erlang_simple_one_for_one(void **state)
{
    (void)state;
    linked *l = link_one("s.erl", ERL("init([]) -> {ok, {{simple_one_for_one, 0, 1}, "
                                      "[{c, {c, start_link, []}, temporary, infinity, worker, "
                                      "[c]}]}}."));
    assert_says(l, "simple_one_for_one intensity=0 period=1 dynamic");
    assert_says(l, "- c temporary shutdown=infinity dynamic");
    unlink_all(l);
}

static void across_files(void **state)
{
    (void)state;
    static const char *const sources[][2] = {
        {"src/a_app.erl", "-module(a_app).\n-behaviour(application).\n-export([start/2, stop/1]).\n"
                          "start(_, _) -> a_sup:start_link().\nstop(_) -> ok.\n"},
        {"src/a_sup.erl", "-module(a_sup).\n-behaviour(supervisor).\n"
                          "-export([start_link/0, init/1]).\n"
                          "start_link() -> supervisor:start_link({local, top}, ?MODULE, []).\n"
                          "init(_) -> {ok, {{one_for_one, 1, 5}, a_specs:all()}}.\n"},
        {"src/a_specs.erl",
         "-module(a_specs).\n-export([all/0]).\n"
         "all() -> [{w, {w, start_link, [a, [{name, x}]]}, permanent, 1, worker, "
         "[w]}].\n"}};
    linked *l = link_sources(sources, 3);
    assert_says(l, "supervisor a_sup name=top one_for_one intensity=1 period=5 root");
    assert_says(l, "- w name=x permanent shutdown=1 @src/a_specs.erl:3");
    unlink_all(l);
}

static void what_is_unknown_is_said(void **state)
{
    (void)state;
    linked *l = link_one("s.ex", SUP("def init(a), do: Supervisor.init(a.children, strategy: "
                                     "a.strategy, max_restarts: a.max)"));
    assert_says(l, "unknown intensity=? period=5 (default) incomplete");
    assert_true(l->m.unresolved[UNRESOLVED_CHILD] > 0);
    unlink_all(l);
}

static void two_that_start_each_other(void **state)
{
    (void)state;
    linked *l =
        link_one("s.ex", "defmodule A do\n  use Supervisor\n"
                         "  def init(_), do: Supervisor.init([B], strategy: :one_for_one)\nend\n"
                         "defmodule B do\n  use Supervisor\n"
                         "  def init(_), do: Supervisor.init([A], strategy: :one_for_one)\nend\n");
    uint32_t roots = 0;
    for (supervisor_ix i = 0; i < l->m.supervisors.count; i++)
        roots += l->m.supervisors.items[i].parent == NO_IX;
    assert_int_equal(l->m.supervisors.count, 2);
    assert_true(roots > 0);
    unlink_all(l);
}

static void helpers_that_call_themselves(void **state)
{
    (void)state;
    linked *l = link_one("s.ex", SUP("def init(n), do: Supervisor.init(kids(n), strategy: "
                                     ":one_for_one)\n"
                                     "  defp kids(n), do: kids(n - 1) ++ kids(n - 2) ++ [A]"));
    assert_says(l, "supervisor S");
    assert_says(l, "incomplete");
    unlink_all(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(elixir_defaults),
        cmocka_unit_test(elixir_stated),
        cmocka_unit_test(lists_are_put_together),
        cmocka_unit_test(helper_chooses_by_argument),
        cmocka_unit_test(options_of_use_and_child_spec),
        cmocka_unit_test(old_supervisor_spec),
        cmocka_unit_test(nested_and_dynamic),
        cmocka_unit_test(partitions),
        cmocka_unit_test(raw_map_of_a_dynamic_supervisor),
        cmocka_unit_test(erlang_old_style),
        cmocka_unit_test(erlang_maps_and_variables),
        cmocka_unit_test(erlang_simple_one_for_one),
        cmocka_unit_test(across_files),
        cmocka_unit_test(what_is_unknown_is_said),
        cmocka_unit_test(two_that_start_each_other),
        cmocka_unit_test(helpers_that_call_themselves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
