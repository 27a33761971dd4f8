# clean: wrong-process-self
defmodule Poller do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  def init(_) do
    Process.send_after(self(), :tick, 1_000)
    {:ok, 0}
  end

  # A fun, but one that runs here.
  def handle_info(:tick, n) do
    Enum.each(1..3, fn i -> send(self(), {:step, i}) end)
    Process.send_after(self(), :tick, 1_000)
    {:noreply, n}
  end

  def handle_info({:step, _}, n), do: {:noreply, n}
end
