# clean: process-for-code-organisation
defmodule Beat do
  use GenServer

  def init(_) do
    Process.send_after(self(), :beat, 1_000)
    {:ok, nil}
  end

  def handle_info(:beat, state) do
    IO.puts("beat")
    Process.send_after(self(), :beat, 1_000)
    {:noreply, state}
  end
end
