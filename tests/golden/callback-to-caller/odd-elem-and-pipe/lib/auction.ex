defmodule Auction do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def bid(amount), do: GenServer.call(__MODULE__, {:bid, amount})

  def init(_), do: {:ok, 0}

  def handle_call({:bid, amount}, from, best) do
    limit =
      from
      |> elem(0)
      # asked through the client's module
      |> Bidder.limit()

    {:reply, amount <= limit, max(best, amount)}
  end
end
