defmodule Shelf do
  use GenServer

  def start(shelf), do: GenServer.start(__MODULE__, shelf)
  def init(shelf), do: {:ok, shelf}
end
