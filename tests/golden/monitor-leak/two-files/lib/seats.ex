defmodule Seats do
  use GenServer

  def init(_), do: {:ok, %{}}
  def handle_cast({:take, seat, pid}, seats), do: {:noreply, Table.put(seats, seat, pid)}
  def handle_cast({:leave, seat}, seats), do: {:noreply, Table.drop(seats, seat)}
  def handle_info({:DOWN, _, _, _, _}, seats), do: {:noreply, seats}
end
