defmodule Pool do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def report(n), do: GenServer.call(__MODULE__, {:report, n})

  def init(_) do
    {:ok, a} = Pool.Worker.start_link([])
    {:ok, b} = Pool.Worker.start_link([])
    {:ok, %{workers: [a, b]}}
  end

  def handle_call({:report, _n}, _from, s), do: {:reply, :ok, s}

  def handle_call(:drop_all, _from, s) do
    # known-miss: stop-call-cycle
    s.workers |> Enum.each(&GenServer.stop(&1))
    {:reply, :ok, %{s | workers: []}}
  end
end

defmodule Pool.Worker do
  use GenServer
  def start_link(args), do: GenServer.start_link(__MODULE__, args)
  def init(_), do: {:ok, 0}
  def handle_info(:tick, n), do: {Pool.report(n), n} |> then(fn {:ok, n} -> {:noreply, n} end)
  def terminate(_reason, _n), do: :ok
end
