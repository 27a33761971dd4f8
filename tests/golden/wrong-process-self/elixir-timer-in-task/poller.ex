defmodule Poller do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, 0}

  def handle_cast(:poll, n) do
    Task.start(fn ->
      IO.puts("polled #{n}")
      # finding: wrong-process-self
      Process.send_after(self(), :tick, 1_000)
    end)

    {:noreply, n + 1}
  end

  def handle_info(:tick, n) do
    GenServer.cast(__MODULE__, :poll)
    {:noreply, n}
  end
end
