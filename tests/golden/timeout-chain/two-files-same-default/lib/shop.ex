defmodule Shop do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def order(item), do: GenServer.call(__MODULE__, {:order, item})

  def init(_), do: {:ok, nil}
  def handle_call({:order, item}, _from, state), do: {:reply, Stock.reserve(item), state}
end
