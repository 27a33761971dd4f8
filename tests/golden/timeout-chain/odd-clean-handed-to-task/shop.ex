# clean: timeout-chain
defmodule Shop do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def order(item), do: GenServer.call(__MODULE__, {:order, item})
  def init(_), do: {:ok, nil}

  def handle_call({:order, i}, from, s) do
    Task.start(fn -> GenServer.reply(from, GenServer.call(Stock, {:reserve, i}, 30_000)) end)
    {:noreply, s}
  end
end
