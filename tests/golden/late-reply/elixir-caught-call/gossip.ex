defmodule Gossip do
  use GenServer

  def init(peers), do: {:ok, peers}

  def handle_info(:gossip, peers) do
    Enum.each(peers, &check/1)
    {:noreply, peers}
  end

  defp check(peer) do
    # finding: late-reply
    GenServer.call(peer, :check, 100)
  catch
    :exit, _ -> :unknown
  end
end
