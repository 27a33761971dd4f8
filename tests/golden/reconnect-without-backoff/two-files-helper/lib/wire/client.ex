defmodule Wire.Client do
  use GenServer
  def start_link(host), do: GenServer.start_link(__MODULE__, host, name: __MODULE__)

  @impl true
  def init(host), do: {:ok, host, {:continue, :connect}}

  @impl true
  def handle_continue(:connect, host), do: {:noreply, Wire.Link.open(host)}

  @impl true
  def handle_info(:reconnect, host), do: {:noreply, Wire.Link.open(host)}
end
