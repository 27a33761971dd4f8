# clean: late-reply
defmodule Gossip do
  use GenServer

  def init(peers), do: {:ok, peers}

  def handle_info(:gossip, peers) do
    Enum.each(peers, &check/1)
    {:noreply, peers}
  end

  def handle_info({ref, _late}, peers) when is_reference(ref), do: {:noreply, peers}

  defp check(peer) do
    GenServer.call(peer, :check, 100)
  catch
    :exit, _ -> :unknown
  end
end
