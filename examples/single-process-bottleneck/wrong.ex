defmodule Prices.Asked do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def get(item), do: GenServer.call(__MODULE__, {:get, item})

  @impl true
  def init(_), do: {:ok, :ets.new(:prices_asked, [:named_table])}

  @impl true
  def handle_call({:get, item}, _from, table), do: {:reply, :ets.lookup(table, item), table}
end
