defmodule Gauge.Lost do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  @impl true
  def init(_), do: {:ok, 0}

  @impl true
  def handle_cast(:measure, n) do
    Task.start(fn ->
      IO.puts("measured #{n}")
      # This is the task.
      Process.send_after(self(), :again, 1_000)
    end)

    {:noreply, n + 1}
  end

  @impl true
  def handle_info(:again, n) do
    GenServer.cast(__MODULE__, :measure)
    {:noreply, n}
  end
end
