defmodule Prices do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def get(item), do: GenServer.call(__MODULE__, {:get, item})

  def init(_), do: {:ok, :ets.new(:prices, [:named_table])}

  # finding: single-process-bottleneck
  def handle_call({:get, item}, _from, table), do: {:reply, :ets.lookup(table, item), table}

  def handle_call({:put, item, price}, _from, table) do
    :ets.insert(table, {item, price})
    {:reply, :ok, table}
  end
end
