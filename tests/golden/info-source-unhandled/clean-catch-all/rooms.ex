# clean: info-source-unhandled
defmodule Rooms do
  use GenServer

  def init(rooms) do
    Process.flag(:trap_exit, true)
    {:ok, rooms}
  end

  def handle_call({:enter, pid}, _from, rooms), do: {:reply, Process.monitor(pid), rooms}
  def handle_info(:tick, rooms), do: {:noreply, rooms}
  def handle_info(_other, rooms), do: {:noreply, rooms}
end
