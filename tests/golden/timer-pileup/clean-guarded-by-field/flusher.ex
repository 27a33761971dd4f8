# clean: timer-pileup
defmodule Flusher do
  use GenServer

  def init(_), do: {:ok, %{timer: nil, items: []}}

  def handle_cast({:add, item}, %{timer: nil} = state) do
    timer = Process.send_after(self(), :flush, 1_000)
    {:noreply, %{state | timer: timer, items: [item | state.items]}}
  end

  def handle_cast({:add, item}, state) do
    {:noreply, %{state | items: [item | state.items]}}
  end

  def handle_info(:flush, state) do
    {:noreply, %{state | timer: nil, items: []}}
  end
end
