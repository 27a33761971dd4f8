defmodule Desk do
  use GenServer

  def init(_), do: {:ok, %{}}
  def handle_cast({:join, pid}, state), do: {:noreply, Watch.add(state, pid)}
  def handle_info(:tick, state), do: {:noreply, state}
end
