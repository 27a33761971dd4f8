# clean: supervisor-reentrancy
defmodule Farm.Supervisor do
  use Supervisor

  def start_link(_), do: Supervisor.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: Supervisor.init([Farm.Manager], strategy: :one_for_one)
end

defmodule Farm.Manager do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, nil, {:continue, :start}}

  # The supervisor goes on as soon as init has returned.
  def handle_continue(:start, _) do
    {:ok, worker} = Supervisor.start_child(Farm.Supervisor, Farm.Worker)
    {:noreply, worker}
  end
end

defmodule Farm.Worker do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil)
  def init(_), do: {:ok, nil}
end
