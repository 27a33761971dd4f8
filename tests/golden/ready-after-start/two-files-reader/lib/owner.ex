defmodule Owner do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, nil, {:continue, :table}}

  def handle_continue(:table, state) do
    make()
    {:noreply, state}
  end

  defp make do
    # finding: ready-after-start
    :ets.new(:owned, [:set, :named_table, read_concurrency: true])
  end
end
