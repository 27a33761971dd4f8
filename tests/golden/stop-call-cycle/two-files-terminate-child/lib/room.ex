defmodule Rooms.Sup do
  use DynamicSupervisor

  def start_link(_), do: DynamicSupervisor.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: DynamicSupervisor.init(strategy: :one_for_one)
  def open(name), do: DynamicSupervisor.start_child(__MODULE__, {Rooms.Room, name})
end

defmodule Rooms.Room do
  use GenServer

  def start_link(name), do: GenServer.start_link(__MODULE__, name)

  def init(name) do
    Process.flag(:trap_exit, true)
    {:ok, name}
  end

  def handle_info(:show, name) do
    IO.puts(Rooms.seats(name))
    {:noreply, name}
  end

  def terminate(_reason, _name), do: :ok
end
