defmodule Feed.Steady do
  use GenServer

  def start_link(url), do: GenServer.start_link(__MODULE__, url, name: __MODULE__)
  def refresh_now, do: GenServer.cast(__MODULE__, :refresh_now)

  @impl true
  def init(url), do: {:ok, schedule(%{url: url, timer: nil})}

  @impl true
  def handle_cast(:refresh_now, state), do: {:noreply, schedule(state)}

  # A message of an older timer carries another reference and starts nothing.
  @impl true
  def handle_info({:refresh, ref}, %{timer: {_, ref}} = state), do: {:noreply, schedule(state)}
  def handle_info({:refresh, _old}, state), do: {:noreply, state}

  defp schedule(state) do
    with {timer, _} <- state.timer, do: Process.cancel_timer(timer)
    ref = make_ref()
    %{state | timer: {Process.send_after(self(), {:refresh, ref}, 60_000), ref}}
  end
end
