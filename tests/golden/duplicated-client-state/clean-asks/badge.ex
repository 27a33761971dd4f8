# clean: duplicated-client-state
defmodule Office do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, []}
  def handle_call({:badge, door}, _from, pids), do: {:reply, door, pids}
end

defmodule Badge do
  use GenServer
  def init(_), do: {:ok, nil}

  def handle_cast({:badge, door}, state) do
    GenServer.call(Office, {:badge, door})
    {:noreply, state}
  end
end
