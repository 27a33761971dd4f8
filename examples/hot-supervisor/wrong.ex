defmodule Rooms.Listing do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def find(name), do: GenServer.call(__MODULE__, {:find, name})

  @impl true
  def init(_), do: {:ok, nil}

  @impl true
  def handle_call({:find, name}, _from, state) do
    children = DynamicSupervisor.which_children(Rooms.Supervisor)
    {:reply, Enum.find(children, fn {_, pid, _, _} -> Room.name(pid) == name end), state}
  end
end
