defmodule Goat.Goat do
  use GenServer
  def start_link(url), do: GenServer.start_link(__MODULE__, url, name: __MODULE__)
  @impl true
  def init(url), do: {:ok, url, {:continue, :load}}
  # one helper for the whole life
  @impl true
  # finding: linked-helper
  def handle_continue(:load, url), do: (Task.start_link(fn -> url |> HTTPoison.get!() end); {:noreply, url})
end
