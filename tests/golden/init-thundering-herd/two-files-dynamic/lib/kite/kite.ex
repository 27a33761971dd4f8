defmodule Kite.Kite do
  use GenServer, restart: :transient

  def start_link(id), do: GenServer.start_link(__MODULE__, id)

  @impl true
  def init(id) do
    # finding: init-thundering-herd
    wind = HTTPoison.get!("http://wind.example")
    {:ok, {id, wind}}
  end
end
