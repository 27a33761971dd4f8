defmodule Piped do
  use GenServer
  def init(s), do: {:ok, s}

  def handle_call({:take, seat}, {pid, _}, s) do
    # finding: monitor-leak
    pid |> Process.monitor() |> then(fn ref -> {:reply, ref, Map.put(s, seat, ref)} end)
  end

  def handle_cast({:leave, seat}, s), do: {:noreply, s |> Map.delete(seat)}
  def handle_info({:DOWN, _, _, _, _}, s), do: {:noreply, s}
end
