# clean: global-lock-in-callback
defmodule Seats do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  # The client takes the lock; the server goes on meanwhile.
  def take(seat) do
    :global.trans({{:seat, seat}, self()}, fn -> GenServer.call(__MODULE__, {:take, seat}) end)
  end

  def init(_), do: {:ok, %{}}
  def handle_call({:take, seat}, from, s), do: {:reply, :ok, Map.put(s, seat, from)}
end
