defmodule Deck.Deck do
  use GenServer
  def get(id), do: GenServer.whereis({:global, id}) || Deck.Decks.open(id)
  def start_link(id), do: GenServer.start_link(__MODULE__, id, name: {:global, id})
  @impl true
  def init(id), do: {:ok, id}
end
