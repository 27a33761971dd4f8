defmodule Rates.Early do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def get(key), do: :ets.lookup(:rates_early, key)

  @impl true
  def init(_) do
    table = :ets.new(:rates_early, [:named_table, :public])
    {:ok, table, {:continue, :load}}
  end

  @impl true
  def handle_continue(:load, table) do
    :ets.insert(table, {:eur, 1.0})
    {:noreply, table}
  end
end
