defmodule Seats do
  use GenServer

  def init(seats), do: {:ok, seats}

  def handle_call({:take, seat, pid}, _from, seats) do
    # finding: monitor-leak
    Process.monitor(pid)
    {:reply, :ok, Map.put(seats, seat, pid)}
  end

  def handle_call({:leave, seat}, _from, seats), do: {:reply, :ok, Map.delete(seats, seat)}
  def handle_info({:DOWN, _, _, _pid, _}, seats), do: {:noreply, seats}
end
