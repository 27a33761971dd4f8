defmodule Chat.Rooms do
  use DynamicSupervisor

  def start_link(arg), do: DynamicSupervisor.start_link(__MODULE__, arg, name: __MODULE__)

  def ensure(name) do
    case Registry.lookup(Chat.Registry, name) do
      [{pid, _}] -> {:ok, pid}
      [] -> DynamicSupervisor.start_child(__MODULE__, {Chat.Room, name})
    end
  end

  @impl true
  def init(_), do: DynamicSupervisor.init(strategy: :one_for_one, max_restarts: 100)
end

defmodule Chat.Room do
  use GenServer, restart: :transient

  def start_link(name), do: GenServer.start_link(__MODULE__, name)

  @impl true
  def init(name), do: {:ok, name}
end
