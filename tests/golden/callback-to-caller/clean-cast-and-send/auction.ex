# clean: callback-to-caller
defmodule Auction do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def bid(amount), do: GenServer.call(__MODULE__, {:bid, amount, self()})

  def init(_), do: {:ok, 0}

  # Told, not asked.
  def handle_call({:bid, amount, pid}, {caller, _}, best) do
    send(pid, {:best, best})
    GenServer.cast(caller, {:seen, amount})
    {:reply, :ok, max(best, amount)}
  end
end
