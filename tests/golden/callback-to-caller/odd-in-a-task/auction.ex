# clean: callback-to-caller
defmodule Auction do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def bid(amount), do: GenServer.call(__MODULE__, {:bid, amount})

  def init(_), do: {:ok, 0}

  # The task asks after the reply has been sent, or waits a moment for it.
  def handle_call({:bid, amount}, {pid, _}, best) do
    Task.start(fn -> pid |> GenServer.call(:limit) |> IO.inspect() end)
    {:reply, :ok, max(best, amount)}
  end
end
