defmodule OneLine do
  use GenServer
  def init(p), do: {:ok, p}
  # finding: receive-in-callback
  def handle_cast(:go, p), do: (receive do _ -> {:noreply, p} end)
end
