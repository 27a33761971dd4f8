# clean: dynamic-default-intensity
defmodule Hotel.Rooms do
  use DynamicSupervisor

  def start_link(arg), do: DynamicSupervisor.start_link(__MODULE__, arg, name: __MODULE__)

  def open(number), do: DynamicSupervisor.start_child(__MODULE__, {Hotel.Room, number})

  @impl true
  def init(_arg) do
    DynamicSupervisor.init(strategy: :one_for_one, max_restarts: 100, max_seconds: 5)
  end
end

defmodule Hotel.Room do
  use GenServer
  def start_link(number), do: GenServer.start_link(__MODULE__, number)
  @impl true
  def init(number), do: {:ok, number}
end
