defmodule Gossip.Catching do
  use GenServer

  def start_link(peers), do: GenServer.start_link(__MODULE__, peers, name: __MODULE__)

  @impl true
  def init(peers) do
    Process.send_after(self(), :gossip, 1_000)
    {:ok, peers}
  end

  @impl true
  def handle_info(:gossip, peers) do
    Enum.each(peers, &check/1)
    Process.send_after(self(), :gossip, 1_000)
    {:noreply, peers}
  end

  defp check(peer) do
    GenServer.call(peer, :check, 100)
  catch
    :exit, _ -> :unknown
  end
end
