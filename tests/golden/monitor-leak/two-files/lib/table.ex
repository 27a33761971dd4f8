defmodule Table do
  def put(seats, seat, pid) do
    # finding: monitor-leak
    Process.monitor(pid)
    Map.put(seats, seat, pid)
  end

  def drop(seats, seat), do: Map.delete(seats, seat)
end
