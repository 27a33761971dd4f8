defmodule Badge.Asking do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  @impl true
  def init(_), do: {:ok, nil}

  # The office knows who is registered; its answer says so.
  @impl true
  def handle_cast({:badge, door}, state) do
    case GenServer.call(Badge.Desk, {:badge, door}) do
      {:error, :not_registered} -> GenServer.call(Badge.Desk, {:register, self()})
      {:ok, _door} -> :ok
    end

    {:noreply, state}
  end
end

defmodule Badge.Desk do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  @impl true
  def init(_), do: {:ok, []}

  @impl true
  def handle_call({:register, pid}, _from, pids), do: {:reply, :ok, [pid | pids]}

  def handle_call({:badge, door}, {pid, _}, pids) do
    {:reply, if(pid in pids, do: {:ok, door}, else: {:error, :not_registered}), pids}
  end
end
