defmodule Hub do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def publish(item), do: GenServer.cast(__MODULE__, {:publish, item})

  def init(_) do
    Hub.Setup.later()
    {:ok, %{channel: nil}}
  end

  def handle_cast(:open, state), do: {:noreply, %{state | channel: Hub.Setup.open()}}
  def handle_cast({:publish, item}, state) do
    GenServer.call(state.channel, {:item, item})
    {:noreply, state}
  end
end
