# clean: ready-after-start
defmodule Soft do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, nil, {:continue, :table}}
  def handle_continue(:table, _), do: {:noreply, :ets.new(:soft, [:named_table])}

  def get(key) do
    :ets.lookup(:soft, key)
  rescue
    ArgumentError -> []
  end
end
