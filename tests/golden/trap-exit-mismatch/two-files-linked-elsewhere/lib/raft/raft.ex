defmodule Raft.Raft do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @impl true
  def init(_), do: {:ok, Raft.Oars.start()}

  @impl true
  # finding: trap-exit-mismatch
  def handle_info({:EXIT, pid, _reason}, oars), do: {:noreply, List.delete(oars, pid)}
end
