defmodule Tube.Client do
  use GenServer

  def start_link(host), do: GenServer.start_link(__MODULE__, host, name: __MODULE__)

  @impl true
  def init(host) do
    send(self(), :connect)
    {:ok, %{host: host, socket: nil, backoff: 500}}
  end

  @impl true
  def handle_info(:connect, state) do
    case :gen_tcp.connect(state.host, 9000, []) do
      {:ok, socket} ->
        {:noreply, %{state | socket: socket, backoff: 500}}

      {:error, _reason} ->
        Process.send_after(self(), :connect, state.backoff + :rand.uniform(500))
        {:noreply, %{state | backoff: min(state.backoff * 2, 60_000)}}
    end
  end
end
