defmodule Gauge.Found do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  @impl true
  def init(_), do: {:ok, 0}

  # Taken before the other process starts.
  @impl true
  def handle_cast(:measure, n) do
    server = self()

    Task.start(fn ->
      IO.puts("measured #{n}")
      Process.send_after(server, :again, 1_000)
    end)

    {:noreply, n + 1}
  end

  @impl true
  def handle_info(:again, n) do
    GenServer.cast(__MODULE__, :measure)
    {:noreply, n}
  end
end
