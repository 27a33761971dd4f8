defmodule Depot do
  use GenServer

  def init(_), do: {:ok, %{}}

  def handle_cast({:open, shelf}, shelves) do
    # finding: unsupervised-process
    {:ok, pid} = Shelf.start(shelf)
    {:noreply, Map.put(shelves, shelf, pid)}
  end
end
