defmodule Monitor do
  use GenServer

  def init(_) do
    Ticker.arm(:check)
    {:ok, %{}}
  end

  def handle_info({:node_up, _node}, state) do
    Ticker.arm(:check)
    {:noreply, state}
  end

  def handle_info(:check, state) do
    Ticker.arm(:check)
    {:noreply, state}
  end
end
