# clean: reconnect-without-backoff
defmodule Rope.Client do
  use GenServer
  def start_link(h), do: GenServer.start_link(__MODULE__, {h, 0}, name: __MODULE__)
  @impl true
  def init(s), do: {:ok, s, {:continue, :connect}}
  @impl true
  def handle_continue(:connect, s), do: connect(s)
  @impl true
  def handle_info(:connect, s), do: connect(s)

  defp connect({host, attempt}) do
    # doubles each time
    case :gen_tcp.connect(host, 1, []) do
      {:ok, _} -> {:noreply, {host, 0}}
      _ -> Process.send_after(self(), :connect, 100 * 2 ** attempt) && {:noreply, {host, attempt + 1}}
    end
  end
end
