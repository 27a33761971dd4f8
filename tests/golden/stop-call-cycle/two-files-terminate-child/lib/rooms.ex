defmodule Rooms do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def close(name), do: GenServer.call(__MODULE__, {:close, name})
  def seats(name), do: GenServer.call(__MODULE__, {:seats, name})

  def init(rooms), do: {:ok, rooms}
  def handle_call({:seats, _name}, _from, rooms), do: {:reply, 10, rooms}

  def handle_call({:close, name}, _from, rooms) do
    # finding: stop-call-cycle
    DynamicSupervisor.terminate_child(Rooms.Sup, rooms[name])
    {:reply, :ok, Map.delete(rooms, name)}
  end
end
