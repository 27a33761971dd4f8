defmodule Shelf do
  use GenServer
  def init(shelf), do: {:ok, shelf}
end

defmodule Depot do
  use GenServer

  def init(_), do: {:ok, []}

  def handle_call({:open, shelf}, _from, shelves) do
    # finding: unsupervised-process
    {:ok, pid} = GenServer.start(Shelf, shelf)
    {:reply, pid, [pid | shelves]}
  end
end
