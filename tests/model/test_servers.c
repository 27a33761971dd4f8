/* Servers: kinds, callbacks, tags, registered names, how many there may be. */
#include "base/base.h"
#include "tests/model/linked.h"

/* "S gen_server registered S one"; "S.handle_call(:a) handle_call tag a/0 catch-all". */
static void print_servers(linked *l)
{
    static const char *const counts[] = {"", " one", " few", " many"};
    const model *m = &l->m;
    l->text.size = 0;
    for (server_ix i = 0; i < m->servers.count; i++) {
        const model_server *s = &m->servers.items[i];
        buf_printf(&l->text, "%s %s", linked_server(l, i), server_kind_name(s->kind));
        if (s->registered)
            buf_printf(&l->text, " registered %.*s", SV_FMT(model_text(m, s->registered)));
        buf_printf(&l->text, "%s%s\n", counts[s->instances], s->trap_exit ? " traps" : "");
    }
    for (callback_ix i = 0; i < m->callbacks.count; i++) {
        const model_callback *cb = &m->callbacks.items[i];
        buf_printf(&l->text, "%s %s", model_callback_label(m, i, &l->scratch),
                   callback_kind_name(cb->kind));
        if (cb->event && cb->event != cb->kind)
            buf_printf(&l->text, " as %s", callback_kind_name(cb->event));
        if (cb->tag)
            buf_printf(&l->text, " tag %.*s/%u", SV_FMT(model_text(m, cb->tag)), cb->tag_arity);
        if (cb->catch_all) buf_add_c(&l->text, " catch-all");
        buf_add_char(&l->text, '\n');
    }
}

static const linked_case CASES[] = {
    {"callbacks and tags",
     {{"s.ex", "defmodule S do\n  use GenServer\n  def init(_), do: {:ok, nil}\n"
               "  def handle_call(:a, _, s), do: {:reply, 1, s}\n"
               "  def handle_call({:b, _}, _, s), do: {:reply, 1, s}\n"
               "  def handle_call(_, _, s), do: {:reply, 1, s}\n"
               "  def handle_cast({:c, _, _}, s), do: {:noreply, s}\n"
               "  def handle_continue(:d, s), do: {:noreply, s}\n"
               "  def terminate(_, _), do: :ok\n  def handle_call(:not, :two), do: 1\nend\n"}},
     {"S.handle_call(:a) handle_call tag a/0\n", " handle_call tag b/2\n",
      " handle_call catch-all\n", " handle_cast tag c/3\n"},
     {"tag not"}},
    {"kinds",
     {{"a.ex", "defmodule A do\n  use Agent\nend\ndefmodule B do\n  use Supervisor\nend\n"
               "defmodule C do\n  use DynamicSupervisor\nend\ndefmodule D do\n  use Task\nend\n"
               "defmodule E do\n  use Application\nend\ndefmodule F do\n  def f, do: 1\nend\n"
               "defmodule G do\n  use GenStage\nend\n"}},
     {"A agent", "C dynamic_supervisor", "E application", "G gen_stage"},
     {"F "}},
    {"kinds in erlang",
     {{"a.erl",
       "-module(a).\n-behaviour(supervisor).\ninit([]) -> {ok, {{one_for_one, 1, 5}, []}}.\n"},
      {"b.erl", "-module(b).\n-behavior(gen_event).\nhandle_event(x, S) -> {ok, S}.\n"},
      {"c.erl", "-module(c).\n-behaviour(gen_fsm).\nidle(go, S) -> {next_state, idle, S}.\n"}},
     {"a supervisor", "b gen_event", "c gen_statem"},
     {0}},
    {"state functions and handle_event",
     {{"a.erl",
       "-module(a).\n-behaviour(gen_statem).\n-export([callback_mode/0, open/3, helper/3]).\n"
       "callback_mode() -> state_functions.\ninit([]) -> {ok, open, none}.\n"
       "open({call, From}, ask, D) -> {keep_state, D, {reply, From, 1}};\n"
       "open(cast, {tell, _}, D) -> {next_state, open, D};\n"
       "open(info, tick, _) -> keep_state_and_data;\n"
       "open(state_timeout, late, _) -> keep_state_and_data.\n"},
      {"b.erl", "-module(b).\n-behaviour(gen_statem).\ncallback_mode() -> handle_event_function.\n"
                "init([]) -> {ok, open, none}.\n"
                "handle_event({call, From}, ask, open, D) -> {keep_state, D, {reply, From, 1}};\n"
                "handle_event(_, _, _, _) -> keep_state_and_data.\n"}},
     {"a:open(ask) handle_event as handle_call tag ask/0\n", "as handle_cast tag tell/2\n",
      "as handle_info tag tick/0\n", "b:handle_event(ask) handle_event as handle_call tag ask/0\n"},
     {0}},
    {"names",
     {{"a.ex",
       "defmodule A do\n  use GenServer\n"
       "  def start_link(_), do: GenServer.start_link(__MODULE__, 1, name: __MODULE__)\nend\n"
       "defmodule B do\n  use GenServer\n"
       "  def start_link(opts), do: GenServer.start_link(__MODULE__, 1, opts)\nend\n"
       "defmodule C do\n  use GenServer\n"
       "  def start_link(_), do: GenServer.start_link(C, 1, name: {:global, :see})\nend\n"},
      {"d.erl", "-module(d).\n-behaviour(gen_server).\n-define(NAME, dee).\n"
                "start() -> gen_server:start_link({local, ?NAME}, ?MODULE, [], []).\n"
                "init([]) -> process_flag(trap_exit, true), {ok, 1}.\n"}},
     {"A gen_server registered A", "B gen_server", "C gen_server registered see",
      "d gen_server registered dee"},
     {"B gen_server registered"}},
    {"names by register and by the default of an option",
     {{"a.ex", "defmodule A do\n  use GenServer\n  def start_link(opts) do\n"
               "    GenServer.start_link(A, 1, name: Keyword.get(opts, :name, A))\n  end\nend\n"},
      {"b.erl", "-module(b).\n-behaviour(gen_server).\n"
                "init([]) -> process_flag(trap_exit, true), register(bee, self()), {ok, 1}.\n"}},
     {"A gen_server registered A", "b gen_server registered bee", "traps"},
     {0}},
    {"a look-alike from a local __using__",
     {{"a.ex", "defmodule A do\n  use Base\n  def handle_cast(:x, s), do: {:noreply, s}\nend\n"},
      {"base.ex",
       "defmodule Base do\n  defmacro __using__(_) do\n    quote do\n      use GenServer\n"
       "      def handle_info(:tick, s), do: {:noreply, s}\n    end\n  end\nend\n"}},
     {"A gen_server", "handle_cast tag x/0", "handle_info tag tick/0"},
     {0}},
    {"how many: a static child, two of them, one started on demand",
     {{"a.ex",
       "defmodule Sup do\n  use Supervisor\n"
       "  def start_link(_), do: Supervisor.start_link(Sup, 1, name: Sup)\n"
       "  def init(_) do\n    Supervisor.init([A, {B, 1},\n"
       "      Supervisor.child_spec({B, 2}, id: :b2)], strategy: :one_for_one)\n  end\nend\n"
       "defmodule Dyn do\n  use DynamicSupervisor\n"
       "  def init(_), do: DynamicSupervisor.init(strategy: :one_for_one)\n"
       "  def more(x), do: DynamicSupervisor.start_child(Dyn, {C, x})\nend\n"},
      {"b.ex", "defmodule A do\n  use GenServer\n  def init(_), do: {:ok, 1}\nend\n"
               "defmodule B do\n  use GenServer\n  def init(_), do: {:ok, 1}\nend\n"
               "defmodule C do\n  use GenServer\n  def init(_), do: {:ok, 1}\nend\n"}},
     {"A gen_server one\n", "B gen_server few\n", "C gen_server many\n"},
     {0}},
};

static void servers(void **state)
{
    (void)state;
    linked_check(CASES, ARRAY_LEN(CASES), print_servers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(servers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
