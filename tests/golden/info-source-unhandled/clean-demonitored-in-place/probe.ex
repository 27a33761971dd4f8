# clean: info-source-unhandled
defmodule Probe do
  use GenServer

  def init(_), do: {:ok, nil}

  def handle_call({:alive?, pid}, _from, state) do
    ref = Process.monitor(pid)

    answer =
      receive do
        {:DOWN, ^ref, _, _, _} -> false
      after
        0 -> true
      end

    Process.demonitor(ref, [:flush])
    {:reply, answer, state}
  end

  def handle_info(:tick, state), do: {:noreply, state}
end
