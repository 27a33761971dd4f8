defmodule Tube.Client do
  use GenServer

  def start_link(host), do: GenServer.start_link(__MODULE__, host, name: __MODULE__)

  @impl true
  def init(host) do
    send(self(), :connect)
    {:ok, %{host: host, socket: nil}}
  end

  @impl true
  def handle_info(:connect, state) do
    case :gen_tcp.connect(state.host, 9000, []) do
      {:ok, socket} ->
        {:noreply, %{state | socket: socket}}

      {:error, _reason} ->
        # finding: reconnect-without-backoff
        Process.send_after(self(), :connect, 1_000)
        {:noreply, state}
    end
  end
end
