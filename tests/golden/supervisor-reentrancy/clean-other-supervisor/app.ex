# clean: supervisor-reentrancy
defmodule Farm.Supervisor do
  use Supervisor

  def start_link(_), do: Supervisor.start_link(__MODULE__, nil, name: __MODULE__)

  def init(_) do
    children = [
      {DynamicSupervisor, name: Farm.Workers, strategy: :one_for_one},
      Farm.Manager
    ]

    Supervisor.init(children, strategy: :one_for_all)
  end
end

defmodule Farm.Manager do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  # Another supervisor, which is up and has nothing to do.
  def init(_) do
    {:ok, worker} = DynamicSupervisor.start_child(Farm.Workers, Farm.Worker)
    {:ok, worker}
  end
end

defmodule Farm.Worker do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil)
  def init(_), do: {:ok, nil}
end
