  # A time of the scenario, as much shorter as faster says; 1 is as it stands there.
  def ms(0), do: 0
  def ms(time), do: max(div(time, faster()), 1)

  def saw(kinds, what) do
    if Process.whereis(:judge), do: send(:judge, {:saw, kinds, what})
    :ok
  end

  # A failed call tells the judge, and fails all the same.
  def call(to, message, time) do
    if by_ref(), do: call_by_ref(to, message, time), else: GenServer.call(to, message, time)
  catch
    :exit, {:timeout, _} = reason ->
      saw([:call_timeout], {:gave_up, to})
      exit(reason)
  end

  # As GenServer.call did before aliases: the reply comes even when nobody waits any more.
  def call_by_ref(to, message, time) do
    ref = Process.monitor(to)
    send(to, {:"$gen_call", {self(), ref}, message})

    receive do
      {^ref, reply} ->
        Process.demonitor(ref, [:flush])
        reply

      {:DOWN, ^ref, _, _, reason} ->
        exit({reason, {:call, to}})
    after
      time ->
        Process.demonitor(ref, [:flush])
        exit({:timeout, {:call, to}})
    end
  end

  def stop(name, time) do
    GenServer.stop(name, :normal, time)
  catch
    :exit, {:timeout, _} = reason ->
      saw([:call_timeout], {:gave_up, name})
      exit(reason)
  end

  def start(how, name) do
    result =
      cond do
        name in supervisors() -> start_supervisor(name)
        name in names() -> apply(GenServer, how, [__MODULE__, name, [name: name]])
        true -> apply(GenServer, how, [__MODULE__, name])
      end

    started(name, result)
  end

  # A failed init is a crash that nobody else tells of.
  def started(name, result) do
    case result do
      {:error, {:already_started, _}} -> :ok
      {:error, reason} -> saw(kinds(reason), {name, reason})
      _ -> :ok
    end

    result
  end

  def start_supervisor(name) do
    former = Process.flag(:trap_exit, true)
    started = start_one(name)

    case started do
      {:ok, pid} ->
        Process.unlink(pid)
        if Process.whereis(:judge), do: send(:judge, {:watch, name, pid})

      {:error, _} ->
        receive do
          {:EXIT, _, _} -> :ok
        after
          0 -> :ok
        end
    end

    Process.flag(:trap_exit, former)
    started
  end

  def child(id, restart, shutdown) do
    %{
      id: id,
      start: {__MODULE__, :start_one, [id]},
      restart: restart,
      shutdown: shutdown
    }
  end

  def start_one({name, _}), do: GenServer.start_link(__MODULE__, name)

  def start_one(name) do
    cond do
      name in dynamics() -> DynamicSupervisor.start_link(__MODULE__, name, name: name)
      name in supervisors() -> Supervisor.start_link(__MODULE__, name, name: name)
      name in names() -> started(name, GenServer.start_link(__MODULE__, name, name: name))
      true -> started(name, GenServer.start_link(__MODULE__, name))
    end
  end

  def start_child(sup, spec) do
    if sup in dynamics(),
      do: DynamicSupervisor.start_child(sup, spec),
      else: Supervisor.start_child(sup, spec)
  end

  def kill(name, reason) do
    pid = Process.whereis(name)
    ref = Process.monitor(pid)
    Process.exit(pid, reason)

    receive do
      {:DOWN, ^ref, _, _, _} -> :ok
    end
  end

  def client(fun) do
    pid =
      spawn(fn ->
        receive do
          :begin_it -> :ok
        end

        try do
          fun.()
        catch
          _, reason -> saw(kinds(reason), reason)
        end

        if Process.whereis(:judge), do: send(:judge, {:ended, self()})
      end)

    if Process.whereis(:judge), do: send(:judge, {:begun, pid})
    send(pid, :begin_it)
    pid
  end

  def task(fun) do
    {pid, ref} =
      spawn_monitor(fn ->
        receive do
          {:go, to, r} -> send(to, {r, fun.()})
        end
      end)

    send(pid, {:go, self(), ref})
    ref
  end

  def await(ref, time) do
    receive do
      {^ref, result} ->
        Process.demonitor(ref, [:flush])
        result

      {:DOWN, ^ref, _, _, reason} ->
        exit(reason)
    after
      time ->
        saw([:call_timeout], {:gave_up, :task})
        exit(:timeout)
    end
  end

  def repeat(0, _), do: :ok

  def repeat(n, fun) do
    fun.()
    repeat(n - 1, fun)
  end

  def nap(time) do
    full(self())
    Process.sleep(time)
  end

  def need(value, value), do: :ok
  def need(value, _), do: :erlang.error({:badmatch, value})

  def holds(true), do: :ok

  def holds(_) do
    saw([:assertion], :does_not_hold)
    :erlang.error(:does_not_hold)
  end

  def whereis(name), do: :erlang.whereis(name)
  def gone(name), do: holds(whereis(name) == :undefined)

  # It is there, and has not gone a second later.
  def stays(name), do: stays_until(name, now_ms() + 1000)

  def stays_until(name, until) do
    holds(whereis(name) != :undefined)

    if now_ms() < until do
      Process.sleep(1)
      stays_until(name, until)
    end
  end

  def there(name, time), do: there_until(name, now_ms() + time)

  def there_until(name, until) do
    cond do
      whereis(name) != :undefined ->
        :ok

      now_ms() < until ->
        Process.sleep(1)
        there_until(name, until)

      true ->
        holds(false)
    end
  end

  def now_ms, do: System.monotonic_time(:millisecond)

  def await_name(name, other) do
    pid = whereis(name)

    if pid == :undefined or pid == other do
      Process.sleep(1)
      await_name(name, other)
    else
      pid
    end
  end

  # The handshake: the first to come to the gate waits there until the driver lets it through.
  def at_gate do
    if :ets.insert_new(:gate, {:at, self()}) do
      receive do
        :open_gate -> :ok
      end
    end
  end

  def await_gate do
    case :ets.lookup(:gate, :at) do
      [] ->
        Process.sleep(1)
        await_gate()

      [{_, pid}] ->
        pid
    end
  end

  def open_gate, do: open_gate(await_gate(), 1)

  def open_gate(full, count) do
    pid = if is_atom(full), do: Process.whereis(full), else: full
    held = if pid, do: Process.info(pid, :message_queue_len), else: {:none, 0}

    case held do
      {_, n} when n < count ->
        Process.sleep(1)
        open_gate(full, count)

      _ ->
        if pid, do: full(pid)
        send(await_gate(), :open_gate)
    end
  end

  # The one at the gate has gone on, and ended.
  def gate_passed do
    if Process.alive?(await_gate()) do
      Process.sleep(1)
      gate_passed()
    end
  end

  # 100 bytes of a large binary, which they keep in memory as long as they live.
  def slice, do: :binary.part(:binary.copy(<<0>>, 65536), 0, 100)

  def hold(part) do
    parts = [part | Process.get(:parts, [])]
    Process.put(:parts, parts)
    Process.put(:Held, Enum.sum(Enum.map(parts, &:binary.referenced_byte_size/1)))
  end

  def error(reason), do: :erlang.error(reason)

  def drops(message, s) do
    late =
      case message do
        {r, _} when is_reference(r) -> [:late_reply]
        _ -> []
      end

    saw([:lost_message | late], {:unhandled, message})
    {:noreply, s}
  end

  def ended(reason, name), do: saw(kinds(reason), {name, reason})

  def kinds(:normal), do: []
  def kinds(:shutdown), do: []
  def kinds({:shutdown, _}), do: []
  def kinds(_), do: [:crash]

  def full(pid) do
    case Process.info(pid, :message_queue_len) do
      {_, n} -> if n > bound(), do: saw([:mailbox_bound], {:mailbox_holds, n})
      _ -> :ok
    end
  end

  # Is in a callback and waits for somebody who will not answer.
  def stuck do
    for name <- names(),
        pid = Process.whereis(name),
        {_, {m, _, _}} <- [Process.info(pid, :current_function)],
        m not in [:gen_server, :timer, Process],
        do: name
  end

  def patience, do: if(longest() == 0, do: 400, else: 2 * longest() + 600)

  # Until the failure shows; or nothing has been heard of for long enough; or it goes on and on.
  def judge(open, last) do
    for name <- names(), pid = Process.whereis(name), do: full(pid)

    receive do
      {:begun, pid} ->
        judge([pid | open], last)

      {:ended, pid} ->
        judge(List.delete(open, pid), last)

      {:saw, kinds, what} ->
        judge_kinds(kinds, what, open, last)

      {:watch, name, pid} ->
        Process.put(Process.monitor(pid), name)
        judge(open, last)

      {:DOWN, ref, :process, _, reason} when reason in [:shutdown, :noproc] ->
        judge_kinds([:intensity_reached], {:ends, Process.get(ref)}, open, last)

      {:DOWN, _, :process, _, _} ->
        judge(open, last)
    after
      patience() -> judge_end(open, last)
    end
  end

  def judge_kinds(kinds, what, open, last) do
    case Enum.filter(kinds, &(&1 in predicted())) do
      [kind | _] -> {kind, what}
      [] -> if now_ms() > last, do: :none, else: judge(open, last)
    end
  end

  def judge_end(open, last) do
    stuck = stuck()

    cond do
      Enum.any?(open, &works/1) -> judge(open, last)
      open == [] and stuck == [] -> :none
      :deadlock in predicted() -> {:waits_for_ever, stuck}
      true -> :none
    end
  end

  # It has not ended, and it is not waiting for anybody.
  def works(pid) do
    case Process.info(pid, [:status, :current_function]) do
      [{:status, :waiting}, {_, {m, _, _}}] -> m == Process
      [_, _] -> true
      nil -> false
    end
  end

  # {0, line} when the failure shows, else {1, line}.
  def run do
    :logger.set_primary_config(:level, :none)
    Process.register(self(), :judge)
    :ets.new(:gate, [:named_table, :public])
    client(&driver/0)
    verdict = judge([], now_ms() + 4 * longest() + 2000)
    :ets.delete(:gate)
    Process.unregister(:judge)
    if verdict == :none, do: {1, "no failure"}, else: {0, "failure: " <> inspect(verdict)}
  end

  def main do
    {status, line} = run()
    IO.puts(line)
    System.halt(status)
  end
