defmodule Batch do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  def init(_), do: {:ok, %{items: [], sum: nil}}

  def handle_call({:put, items}, _from, state) do
    # finding: zero-timeout-as-continue
    {:reply, :ok, %{state | items: items}, 0}
  end

  def handle_call(:sum, _from, state), do: {:reply, state.sum, state}
  def handle_cast(:clear, state), do: {:noreply, %{state | items: []}}
  def handle_cast({:drop, n}, state), do: {:noreply, %{state | items: Enum.drop(state.items, n)}}

  def handle_info(:timeout, state), do: {:noreply, %{state | sum: Enum.sum(state.items)}}
end
