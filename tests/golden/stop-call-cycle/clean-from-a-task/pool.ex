# clean: stop-call-cycle
defmodule Pool do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def report(n), do: GenServer.call(__MODULE__, {:report, n})

  def init(_) do
    {:ok, pid} = Pool.Worker.start_link([])
    {:ok, %{worker: pid, sum: 0}}
  end

  def handle_call({:report, n}, _from, s), do: {:reply, :ok, %{s | sum: s.sum + n}}

  def handle_cast(:drop, %{worker: pid} = s) do
    Task.start(fn -> GenServer.stop(pid) end)
    {:noreply, %{s | worker: nil}}
  end
end

defmodule Pool.Worker do
  use GenServer

  def start_link(args), do: GenServer.start_link(__MODULE__, args)
  def init(_), do: {:ok, 0}

  def handle_info(:tick, n) do
    Pool.report(n)
    {:noreply, n + 1}
  end
end
