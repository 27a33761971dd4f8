# clean: late-reply
defmodule Any do
  use GenServer
  def init(p), do: {:ok, p}
  def handle_info(:go, p), do: {:noreply, (try do GenServer.call(p, :x, 10) catch :exit, _ -> p end)}
  def handle_info(_, p), do: {:noreply, p}
end
