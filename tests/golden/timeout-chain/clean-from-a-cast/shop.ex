# clean: timeout-chain
defmodule Shop do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def order(item), do: GenServer.cast(__MODULE__, {:order, item})

  def init(_), do: {:ok, nil}

  # Nobody waits for a cast.
  def handle_cast({:order, item}, state) do
    GenServer.call(Stock, {:reserve, item}, 30_000)
    {:noreply, state}
  end
end
