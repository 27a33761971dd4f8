defmodule Prices.Read do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  # The process owns and writes the table; everybody reads it.
  def get(item), do: :ets.lookup(:prices_read, item)
  def put(item, price), do: GenServer.call(__MODULE__, {:put, item, price})

  @impl true
  def init(_), do: {:ok, :ets.new(:prices_read, [:named_table, read_concurrency: true])}

  @impl true
  def handle_call({:put, item, price}, _from, table) do
    :ets.insert(table, {item, price})
    {:reply, :ok, table}
  end
end
