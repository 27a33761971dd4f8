defmodule Auction.Hasty do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)
  def bid(amount), do: GenServer.call(__MODULE__, {:bid, amount})

  @impl true
  def init(best), do: {:ok, best}

  # The bidder waits for the reply.
  @impl true
  def handle_call({:bid, amount}, {bidder, _tag}, best) do
    limit = GenServer.call(bidder, :limit)
    {:reply, amount <= limit, max(best, amount)}
  end
end
