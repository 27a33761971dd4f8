defmodule Farm.Supervisor do
  use Supervisor

  def start_link(_), do: Supervisor.start_link(__MODULE__, nil, name: __MODULE__)

  def init(_) do
    Supervisor.init([Farm.Manager], strategy: :one_for_one)
  end
end

defmodule Farm.Manager do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  def init(_) do
    # finding: supervisor-reentrancy
    {:ok, worker} = Supervisor.start_child(Farm.Supervisor, Farm.Worker)
    {:ok, worker}
  end
end

defmodule Farm.Worker do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil)
  def init(_), do: {:ok, nil}
end
