defmodule Shop do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def order(item), do: GenServer.call(__MODULE__, {:order, item}, 5_000)

  def init(_), do: {:ok, nil}

  def handle_call({:order, item}, _from, state) do
    # finding: timeout-chain
    {:reply, GenServer.call(Stock, {:reserve, item}, 10_000), state}
  end
end
