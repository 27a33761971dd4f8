# clean: monitor-leak
defmodule Shadow do
  use GenServer

  def init(pid) do
    Process.monitor(pid)
    {:ok, %{}}
  end

  def handle_cast({:drop, key}, state), do: {:noreply, Map.delete(state, key)}
  def handle_info({:DOWN, _, _, _, _}, state), do: {:stop, :normal, state}
end
