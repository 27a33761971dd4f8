defmodule Badge.Remembering do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  @impl true
  def init(_), do: {:ok, %{registered: nil}}

  @impl true
  def handle_cast(:register, state) do
    :ok = GenServer.call(Badge.Office, {:register, self()})
    {:noreply, %{state | registered: true}}
  end

  def handle_cast({:badge, door}, %{registered: true} = state) do
    GenServer.call(Badge.Office, {:badge, door})
    {:noreply, state}
  end

  def handle_cast({:badge, _door}, state), do: {:noreply, state}
end

defmodule Badge.Office do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  @impl true
  def init(_), do: {:ok, []}

  @impl true
  def handle_call({:register, pid}, _from, pids), do: {:reply, :ok, [pid | pids]}
  def handle_call({:badge, door}, {pid, _}, pids), do: {:reply, {pid in pids, door}, pids}
end
