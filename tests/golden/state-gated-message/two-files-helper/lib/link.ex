defmodule Link do
  use GenServer
  alias Link.Wire

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def attach(pid), do: GenServer.cast(__MODULE__, {:attach, pid})
  def push(item), do: GenServer.call(__MODULE__, {:push, item})

  def init(_), do: {:ok, %{peer: nil, sent: 0}}

  def handle_cast({:attach, pid}, state), do: {:noreply, Map.put(state, :peer, pid)}

  def handle_call({:push, item}, _from, state) do
    {:reply, Wire.push(state.peer, item), state}
  end
end
