defmodule Guest.Blind do
  use GenServer

  @impl true
  def init(_), do: {:ok, %{}}

  @impl true
  def handle_info(_message, state), do: {:noreply, state}

  # finding: shadowed-clause
  def handle_info({:DOWN, ref, :process, _pid, _reason}, state) do
    {:noreply, Map.delete(state, ref)}
  end
end
