defmodule Coop.Hen do
  use GenServer
  def start_link(host), do: GenServer.start_link(__MODULE__, host)
  @impl true
  def init(host), do: {:ok, host}
  @impl true
  def handle_info(:lay, host) do
    HTTPoison.get!(host)
    {:noreply, host}
  end
end
