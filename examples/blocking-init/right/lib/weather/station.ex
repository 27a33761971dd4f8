defmodule Weather.Station do
  use GenServer

  def start_link(url), do: GenServer.start_link(__MODULE__, url, name: __MODULE__)

  @impl true
  def init(url), do: {:ok, %{url: url, last: nil}, {:continue, :load}}

  @impl true
  def handle_continue(:load, state) do
    {:noreply, %{state | last: HTTPoison.get!(state.url).body}}
  end
end
