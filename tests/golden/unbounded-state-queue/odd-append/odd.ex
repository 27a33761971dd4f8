defmodule Odd do
  use GenServer
  def init(_), do: {:ok, %{log: []}}
  # finding: unbounded-state-queue
  def handle_info({:line, l}, s), do: {:noreply, %{s | log: s.log ++ [l]}}
end
