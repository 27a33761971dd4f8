defmodule Auction.Calm do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)
  # What the server needs to know comes with the request.
  def bid(amount, limit), do: GenServer.call(__MODULE__, {:bid, amount, limit})

  @impl true
  def init(best), do: {:ok, best}

  @impl true
  def handle_call({:bid, amount, limit}, {bidder, _tag}, best) do
    send(bidder, {:best, best})
    {:reply, amount <= limit, max(best, amount)}
  end
end
