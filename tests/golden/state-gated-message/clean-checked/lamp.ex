# clean: state-gated-message
defmodule Lamp do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def plug(port), do: GenServer.call(__MODULE__, {:plug, port})
  def switch(to), do: GenServer.cast(__MODULE__, {:switch, to})

  def init(_), do: {:ok, %{port: nil}}

  def handle_call({:plug, port}, _from, state), do: {:reply, :ok, %{state | port: port}}

  def handle_cast({:switch, to}, state) do
    if state.port, do: Port.command(state.port, to)
    {:noreply, state}
  end
end
