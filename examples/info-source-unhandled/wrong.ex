defmodule Rooms.Surprised do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def enter(room), do: GenServer.call(__MODULE__, {:enter, room, self()})

  @impl true
  def init(rooms), do: {:ok, rooms}

  @impl true
  def handle_call({:enter, room, pid}, _from, rooms) do
    ref = Process.monitor(pid)
    {:reply, :ok, Map.put(rooms, ref, room)}
  end

  @impl true
  def handle_info({:close, room}, rooms) do
    {:noreply, Map.reject(rooms, fn {_ref, name} -> name == room end)}
  end
end
