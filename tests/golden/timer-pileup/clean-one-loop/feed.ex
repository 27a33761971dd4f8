# clean: timer-pileup
defmodule Feed do
  use GenServer

  def init(url), do: {:ok, url, {:continue, :start}}

  def handle_continue(:start, url), do: {:noreply, schedule(url)}

  def handle_info(:refresh, url), do: {:noreply, schedule(url)}

  def handle_call(:url, _from, url), do: {:reply, url, url}

  defp schedule(url) do
    Process.send_after(self(), :refresh, 60_000)
    url
  end
end
