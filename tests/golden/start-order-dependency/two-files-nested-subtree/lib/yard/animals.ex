defmodule Yard.Animals do
  use Supervisor
  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg, name: __MODULE__)
  @impl true
  def init(_), do: Supervisor.init([Yard.Goose], strategy: :one_for_one)
end

defmodule Yard.Goose do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  @impl true
  def init(_) do
    Yard.Feed.take()
    {:ok, []}
  end
end
