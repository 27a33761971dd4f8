# clean: stop-call-cycle
defmodule Pool do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  def init(_) do
    {:ok, pid} = Pool.Worker.start_link([])
    {:ok, pid}
  end

  def handle_call(:drop, _from, pid), do: {:reply, GenServer.stop(pid), nil}
end

defmodule Pool.Worker do
  use GenServer

  def start_link(args), do: GenServer.start_link(__MODULE__, args)
  def init(_), do: {:ok, 0}
  def handle_info(:tick, n), do: {:noreply, n + 1}
  def terminate(_reason, _n), do: :ok
end
