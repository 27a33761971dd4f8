defmodule Packets.Copying do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, %{}, name: __MODULE__)

  @impl true
  def init(names), do: {:ok, names}

  @impl true
  def handle_cast({:packet, id, packet}, names) do
    <<_size::32, name::binary-size(80), _body::binary>> = packet
    {:noreply, Map.put(names, id, :binary.copy(name))}
  end
end
