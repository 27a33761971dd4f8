# clean: start-order-dependency
defmodule Pond.Application do
  use Application
  @impl true
  def start(_type, _args), do: Supervisor.start_link([Pond.Fish, Pond.Water], strategy: :one_for_one)
end

defmodule Pond.Water do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def level, do: GenServer.call(__MODULE__, :level)
  @impl true
  def init(s), do: {:ok, s}
  @impl true
  def handle_call(:level, _from, s), do: {:reply, 1, s}
end

defmodule Pond.Fish do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  # runs in the client
  def depth, do: Pond.Water.level() * 2
  @impl true
  def init(s), do: {:ok, s}
end
