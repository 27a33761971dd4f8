defmodule Office do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, []}
  def handle_call({:register, pid}, _from, pids), do: {:reply, :ok, [pid | pids]}
  def handle_call({:badge, door}, _from, pids), do: {:reply, door, pids}
end

defmodule Badge do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def init(_), do: {:ok, %{registered: nil}}

  def handle_cast(:register, state) do
    :ok = GenServer.call(Office, {:register, self()})
    {:noreply, %{state | registered: true}}
  end

  # finding: duplicated-client-state
  def handle_cast({:badge, door}, %{registered: true} = state) do
    GenServer.call(Office, {:badge, door})
    {:noreply, state}
  end
end
