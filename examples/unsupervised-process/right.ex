defmodule Depot.Tree do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @impl true
  def init(_), do: {:ok, []}

  # Depot.Shelves is a DynamicSupervisor that stands before this server in the tree.
  @impl true
  def handle_call({:open, shelf}, _from, shelves) do
    {:ok, pid} = DynamicSupervisor.start_child(Depot.Shelves, {Depot.TreeShelf, shelf})
    {:reply, pid, [pid | shelves]}
  end
end

defmodule Depot.TreeShelf do
  use GenServer

  def start_link(shelf), do: GenServer.start_link(__MODULE__, shelf)

  @impl true
  def init(shelf), do: {:ok, shelf}
end
