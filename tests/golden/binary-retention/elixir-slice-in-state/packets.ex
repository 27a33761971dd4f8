defmodule Packets do
  use GenServer

  def init(names), do: {:ok, names}

  def handle_cast({:packet, id, packet}, names) do
    # finding: binary-retention
    <<_size::32, name::binary-size(80), _body::binary>> = packet
    {:noreply, Map.put(names, id, name)}
  end
end
