# clean: wrong-process-self
defmodule Poller do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, 0}

  def handle_cast(:poll, n) do
    server = self()

    Task.start(fn ->
      Process.send_after(server, :tick, 1_000)
      send(server, {:polled, n})
    end)

    {:noreply, n + 1}
  end

  def handle_info(:tick, n), do: {:noreply, n}
  def handle_info({:polled, _}, n), do: {:noreply, n}
end
