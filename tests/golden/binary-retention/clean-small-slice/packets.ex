# clean: binary-retention
defmodule Packets do
  use GenServer

  def init(names), do: {:ok, names}

  def handle_cast({:packet, packet}, names) do
    <<id::binary-size(16), size::32, _body::binary>> = packet
    {:noreply, Map.put(names, id, size)}
  end
end
