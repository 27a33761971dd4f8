defmodule Feed do
  use GenServer

  def init(url) do
    Process.send_after(self(), :refresh, 60_000)
    {:ok, url}
  end

  def handle_cast(:refresh_now, url) do
    # finding: timer-pileup
    Process.send_after(self(), :refresh, 60_000)
    {:noreply, url}
  end

  def handle_info(:refresh, url) do
    Process.send_after(self(), :refresh, 60_000)
    {:noreply, url}
  end
end
