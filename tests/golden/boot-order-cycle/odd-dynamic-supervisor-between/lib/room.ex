defmodule Rooms do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def open(name), do: GenServer.call(__MODULE__, {:open, name})
  def topic(name), do: GenServer.call(__MODULE__, {:topic, name})

  def init(rooms), do: {:ok, rooms}
  def handle_call({:topic, name}, _from, rooms), do: {:reply, rooms[name], rooms}

  def handle_call({:open, name}, _from, rooms) do
    # finding: boot-order-cycle
    {:ok, pid} = DynamicSupervisor.start_child(Rooms.Sup, {Rooms.Room, name})
    {:reply, pid, [{name, pid} | rooms]}
  end
end

defmodule Rooms.Room do
  use GenServer

  def start_link(name), do: GenServer.start_link(__MODULE__, name)
  def init(name), do: {:ok, {name, Rooms.topic(name)}}
end
