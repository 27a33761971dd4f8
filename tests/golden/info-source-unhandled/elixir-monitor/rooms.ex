defmodule Rooms do
  use GenServer

  def init(rooms), do: {:ok, rooms}

  def handle_call({:enter, room, pid}, _from, rooms) do
    # finding: info-source-unhandled
    ref = Process.monitor(pid)
    {:reply, :ok, Map.put(rooms, ref, room)}
  end

  def handle_info({:close, room}, rooms), do: {:noreply, Map.delete(rooms, room)}
end
