defmodule Farm.Sup do
  use Supervisor

  def start_link(_), do: Supervisor.start_link(__MODULE__, nil, name: __MODULE__)

  @impl true
  def init(_), do: Supervisor.init([Farm.Eager], strategy: :one_for_one)
end

defmodule Farm.Eager do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  # The supervisor waits for this function.
  @impl true
  def init(_), do: {:ok, Supervisor.which_children(Farm.Sup)}
end
