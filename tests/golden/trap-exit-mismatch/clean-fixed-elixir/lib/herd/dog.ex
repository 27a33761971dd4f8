# clean: trap-exit-mismatch
defmodule Herd.Dog do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @impl true
  def init(_) do
    Process.flag(:trap_exit, true)
    {:ok, pid} = Task.start_link(fn -> Process.sleep(:infinity) end)
    {:ok, pid}
  end

  @impl true
  def handle_info({:EXIT, pid, reason}, pid), do: {:stop, reason, nil}
end
