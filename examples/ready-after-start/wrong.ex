defmodule Rates.Late do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def get(key), do: :ets.lookup(:rates_late, key)

  @impl true
  def init(_), do: {:ok, nil, {:continue, :load}}

  @impl true
  def handle_continue(:load, _state) do
    table = :ets.new(:rates_late, [:named_table, :public])
    {:noreply, table}
  end
end
