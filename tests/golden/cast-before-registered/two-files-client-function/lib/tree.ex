defmodule Tree.App do
  use Application

  def start(_type, _args) do
    Supervisor.start_link([Tree.Leaf, Tree.Root], strategy: :one_for_one)
  end
end

defmodule Tree.Leaf do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, [], {:continue, :tell}}

  def handle_continue(:tell, state) do
    Tree.Root.grow()
    {:noreply, state}
  end
end
