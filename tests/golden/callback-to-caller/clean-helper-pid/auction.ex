# clean: callback-to-caller
defmodule Auction do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  # The pid in the request is the bank's, not the client's.
  def bid(bank, amount), do: GenServer.call(__MODULE__, {:bid, bank, amount})

  def init(_), do: {:ok, 0}

  def handle_call({:bid, bank, amount}, _from, best) do
    limit = GenServer.call(bank, :limit)
    {:reply, amount <= limit, max(best, amount)}
  end
end
