# clean: single-process-bottleneck
defmodule Log do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(lines), do: {:ok, lines}
  def handle_cast({:line, line}, lines), do: {:noreply, [line | Enum.take(lines, 99)]}
end
