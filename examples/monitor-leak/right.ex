defmodule Seats.Balanced do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def take(seat), do: GenServer.call(__MODULE__, {:take, seat, self()})
  def leave(seat), do: GenServer.call(__MODULE__, {:leave, seat})

  @impl true
  def init(seats), do: {:ok, seats}

  @impl true
  def handle_call({:take, seat, pid}, _from, seats) do
    {:reply, :ok, Map.put(seats, seat, Process.monitor(pid))}
  end

  def handle_call({:leave, seat}, _from, seats) do
    {ref, rest} = Map.pop(seats, seat)
    if ref, do: Process.demonitor(ref, [:flush])
    {:reply, :ok, rest}
  end

  @impl true
  def handle_info({:DOWN, ref, :process, _pid, _reason}, seats) do
    {:noreply, Map.reject(seats, fn {_seat, held} -> held == ref end)}
  end
end
