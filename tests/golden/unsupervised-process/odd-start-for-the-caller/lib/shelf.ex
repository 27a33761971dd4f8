defmodule Shelf do
  use GenServer
  def start_link(shelf), do: GenServer.start_link(__MODULE__, shelf)
  def init(shelf), do: {:ok, shelf}
end
