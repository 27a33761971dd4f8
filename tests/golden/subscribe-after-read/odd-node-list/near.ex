defmodule Near do
  use GenServer

  def init(_) do
    nodes = Node.list() |> MapSet.new()
    # finding: subscribe-after-read
    :ok = :net_kernel.monitor_nodes(true, node_type: :visible)
    {:ok, nodes}
  end

  def handle_info({:nodeup, node, _}, nodes), do: {:noreply, MapSet.put(nodes, node)}
  def handle_info({:nodedown, node, _}, nodes), do: {:noreply, MapSet.delete(nodes, node)}
end
