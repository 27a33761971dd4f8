# clean: timer-pileup
# The clause that starts the loop runs once: its message is sent in init alone.
defmodule Watch do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  def init(_) do
    Process.send_after(self(), :start, 3_000)
    {:ok, nil}
  end

  def handle_info(:start, state) do
    Process.send_after(self(), :check, 1_000)
    {:noreply, state}
  end

  def handle_info(:check, state) do
    Process.send_after(self(), :check, 1_000)
    {:noreply, state}
  end
end
