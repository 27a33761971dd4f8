defmodule Depot.Loose do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @impl true
  def init(_), do: {:ok, []}

  @impl true
  def handle_call({:open, shelf}, _from, shelves) do
    {:ok, pid} = GenServer.start(Depot.LooseShelf, shelf)
    {:reply, pid, [pid | shelves]}
  end
end

defmodule Depot.LooseShelf do
  use GenServer

  @impl true
  def init(shelf), do: {:ok, shelf}
end
