# clean: hot-supervisor
defmodule Rooms do
  use GenServer

  def init(_), do: {:ok, nil}

  def handle_call({:find, name}, _from, state) do
    {:reply, Registry.lookup(Rooms.Registry, name), state}
  end
end
