# clean: unbounded-state-queue
defmodule Batch do
  use GenServer

  def init(_), do: {:ok, %{items: []}}

  def handle_cast({:add, item}, state), do: {:noreply, %{state | items: [item | state.items]}}

  def handle_info(:flush, state) do
    IO.inspect(state.items)
    {:noreply, %{state | items: []}}
  end
end
