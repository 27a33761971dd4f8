# clean: ready-after-start
defmodule Box do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def get(key), do: GenServer.call(__MODULE__, {:get, key})
  def init(_), do: {:ok, nil, {:continue, :table}}

  def handle_continue(:table, _), do: {:noreply, :ets.new(:box, [:named_table])}
  def handle_call({:get, key}, _from, t), do: {:reply, :ets.lookup(:box, key), t}
end
