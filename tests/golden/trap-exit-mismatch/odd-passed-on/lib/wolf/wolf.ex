# clean: trap-exit-mismatch
defmodule Wolf.Wolf do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [])
  @impl true
  def init(_) do
    Process.flag(:trap_exit, true)
    {:ok, spawn_link(fn -> :ok end)}
  end

  # everything goes through one function
  @impl true
  def handle_info(message, pid), do: message |> take(pid)
  defp take({:EXIT, pid, _}, pid), do: {:stop, :normal, pid}
  defp take(_, pid), do: {:noreply, pid}
end
