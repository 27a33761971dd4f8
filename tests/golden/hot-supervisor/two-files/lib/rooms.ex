defmodule Rooms do
  use GenServer

  def init(_), do: {:ok, nil}
  def handle_call({:tell, what}, _from, state) do
    Enum.each(RoomList.pids(), &send(&1, what))
    {:reply, :ok, state}
  end
end
