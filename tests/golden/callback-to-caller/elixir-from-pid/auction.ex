defmodule Auction do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def bid(amount), do: GenServer.call(__MODULE__, {:bid, amount})

  def init(_), do: {:ok, 0}

  def handle_call({:bid, amount}, {pid, _tag}, best) do
    # finding: callback-to-caller
    limit = GenServer.call(pid, :limit)
    {:reply, amount <= limit, max(best, amount)}
  end
end
