defmodule Cache do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def fetch(key), do: GenServer.call(__MODULE__, {:fetch, key})

  def init(_), do: {:ok, :ets.new(:cache, [:named_table])}

  # finding: single-process-bottleneck
  def handle_call({:fetch, key}, _from, table), do: {:reply, Table.find(table, key), table}
end
