defmodule Feed.Piling do
  use GenServer

  def start_link(url), do: GenServer.start_link(__MODULE__, url, name: __MODULE__)
  def refresh_now, do: GenServer.cast(__MODULE__, :refresh_now)

  @impl true
  def init(url), do: {:ok, schedule(url)}

  # Each of these starts one more loop.
  @impl true
  def handle_cast(:refresh_now, url), do: {:noreply, schedule(url)}

  @impl true
  def handle_info(:refresh, url), do: {:noreply, schedule(url)}

  defp schedule(url) do
    Process.send_after(self(), :refresh, 60_000)
    url
  end
end
