defmodule Seats.Leaking do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)
  def take(seat), do: GenServer.call(__MODULE__, {:take, seat, self()})
  def leave(seat), do: GenServer.call(__MODULE__, {:leave, seat})

  @impl true
  def init(seats), do: {:ok, seats}

  @impl true
  def handle_call({:take, seat, pid}, _from, seats) do
    Process.monitor(pid)
    {:reply, :ok, Map.put(seats, seat, pid)}
  end

  def handle_call({:leave, seat}, _from, seats), do: {:reply, :ok, Map.delete(seats, seat)}

  @impl true
  def handle_info({:DOWN, _ref, :process, pid, _reason}, seats) do
    {:noreply, Map.reject(seats, fn {_seat, owner} -> owner == pid end)}
  end
end
