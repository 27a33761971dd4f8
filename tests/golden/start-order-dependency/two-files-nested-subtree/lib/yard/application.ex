defmodule Yard.Application do
  use Application

  @impl true
  def start(_type, _args) do
    children = [
      # finding: start-order-dependency
      Yard.Animals,
      Yard.Feed
    ]

    Supervisor.start_link(children, strategy: :one_for_one)
  end
end

defmodule Yard.Feed do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)
  def take, do: GenServer.call(__MODULE__, :take)
  @impl true
  def init(n), do: {:ok, n}
  @impl true
  def handle_call(:take, _from, n), do: {:reply, n, n}
end
