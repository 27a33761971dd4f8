# clean: monitor-leak
defmodule Seats do
  use GenServer

  def init(seats), do: {:ok, seats}

  def handle_call({:take, seat, pid}, _from, seats) do
    {:reply, :ok, Map.put(seats, seat, Process.monitor(pid))}
  end

  def handle_call({:leave, seat}, _from, seats) do
    {ref, rest} = Map.pop(seats, seat)
    Process.demonitor(ref, [:flush])
    {:reply, :ok, rest}
  end

  def handle_info({:DOWN, _, _, _, _}, seats), do: {:noreply, seats}
end
