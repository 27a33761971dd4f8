# clean: reconnect-without-backoff
defmodule Clock.Clock do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)
  @impl true
  def init(n) do
    Process.send_after(self(), :retry_count, 1_000)
    {:ok, n}
  end

  @impl true
  def handle_info(:retry_count, n) do
    Process.send_after(self(), :retry_count, 1_000)
    {:noreply, n + 1}
  end
end
