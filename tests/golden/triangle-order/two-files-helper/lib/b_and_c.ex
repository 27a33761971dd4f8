defmodule B do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def put(n) do
    # finding: triangle-order
    GenServer.cast(__MODULE__, {:put, n})
  end
  def drop(n), do: GenServer.cast(__MODULE__, {:drop, n})
  def init(_), do: {:ok, %{last: nil}}
  def handle_cast({:put, n}, state), do: {:noreply, %{state | last: n}}
  def handle_cast({:drop, _n}, state), do: {:noreply, %{state | last: nil}}
end

defmodule C do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def poke(n), do: GenServer.cast(__MODULE__, {:poke, n})
  def init(_), do: {:ok, nil}

  def handle_cast({:poke, n}, state) do
    B.drop(n)
    {:noreply, state}
  end
end
