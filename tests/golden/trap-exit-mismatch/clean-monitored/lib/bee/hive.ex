# clean: trap-exit-mismatch
defmodule Bee.Hive do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @impl true
  def init(_) do
    Process.flag(:trap_exit, true)
    pid = spawn_link(fn -> Process.sleep(:infinity) end)
    {:ok, Process.monitor(pid)}
  end

  @impl true
  def handle_info({:DOWN, ref, _, _, _}, ref), do: {:stop, :no_bees, ref}
  def handle_info(_, ref), do: {:noreply, ref}
end
