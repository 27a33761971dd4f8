defmodule A do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, nil}

  def handle_info(:go, state) do
    C.poke(1)
    B.put(1)
    {:noreply, state}
  end
end
