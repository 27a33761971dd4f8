defmodule Seats do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, %{}}

  def handle_cast({:take, seat, who}, s) do
    {:noreply, Seats.Lock.with_lock(seat, fn -> Map.put(s, seat, who) end)}
  end
end
