defmodule Shop do
  use GenServer
  @patience 20_000
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def order(item), do: __MODULE__ |> GenServer.call({:order, item})
  def init(_), do: {:ok, nil}
  # finding: timeout-chain
  def handle_call({:order, i}, _f, s), do: {:reply, Stock |> GenServer.call({:reserve, i}, @patience), s}
end
