# clean: single-process-bottleneck
defmodule Prices do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def get(item), do: :ets.lookup(:prices, item)
  def put(item, price), do: GenServer.call(__MODULE__, {:put, item, price})

  def init(_), do: {:ok, :ets.new(:prices, [:named_table])}

  def handle_call({:put, item, price}, _from, table) do
    :ets.insert(table, {item, price})
    {:reply, :ok, table}
  end
end
