defmodule Weather.Station do
  use GenServer

  def start_link(url), do: GenServer.start_link(__MODULE__, url, name: __MODULE__)

  @impl true
  def init(url) do
    # finding: blocking-init
    body = HTTPoison.get!(url).body
    {:ok, %{url: url, last: body}}
  end
end
