defmodule Poller do
  use GenServer

  def init(url) do
    # finding: timer-pileup
    :timer.send_interval(1_000, self(), :poll)
    {:ok, url}
  end

  def handle_info(:poll, url) do
    :httpc.request(url)
    {:noreply, url}
  end
end
