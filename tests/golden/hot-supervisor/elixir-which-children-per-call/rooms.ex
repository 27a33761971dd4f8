defmodule Rooms do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def count, do: GenServer.call(__MODULE__, :count)

  def init(_), do: {:ok, nil}

  def handle_call(:count, _from, state) do
    # finding: hot-supervisor
    {:reply, length(DynamicSupervisor.which_children(Rooms.Supervisor)), state}
  end
end
