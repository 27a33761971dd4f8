defmodule One do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, :ets.new(:one, [:named_table])}
  # finding: single-process-bottleneck
  def handle_call({:has, k}, _f, t), do: {:reply, t |> :ets.member(k), t}
end
