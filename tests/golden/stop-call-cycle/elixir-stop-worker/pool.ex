defmodule Pool do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def drop(pid), do: GenServer.call(__MODULE__, {:drop, pid})
  def report(n), do: GenServer.call(__MODULE__, {:report, n})

  def init(_) do
    {:ok, pid} = Pool.Worker.start_link([])
    {:ok, %{worker: pid, sum: 0}}
  end

  def handle_call({:report, n}, _from, s), do: {:reply, :ok, %{s | sum: s.sum + n}}

  def handle_call({:drop, _pid}, _from, s) do
    # finding: stop-call-cycle
    GenServer.stop(s.worker)
    {:reply, :ok, %{s | worker: nil}}
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

  def terminate(_reason, _n), do: :ok
end
