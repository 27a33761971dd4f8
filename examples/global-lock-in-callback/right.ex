defmodule Seats.Free do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)

  # The client takes the lock and waits; the server serves others.
  def take(seat) do
    :global.trans({{:seat, seat}, self()}, fn -> GenServer.call(__MODULE__, {:take, seat}) end)
  end

  @impl true
  def init(taken), do: {:ok, taken}

  @impl true
  def handle_call({:take, seat}, _from, taken), do: {:reply, :ok, Map.put(taken, seat, true)}
end
