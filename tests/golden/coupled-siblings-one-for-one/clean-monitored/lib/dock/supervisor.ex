# clean: coupled-siblings-one-for-one
defmodule Dock.Supervisor do
  use Supervisor
  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg, name: __MODULE__)
  @impl true
  def init(_arg), do: Supervisor.init([Dock.Hub, Dock.Ship], strategy: :one_for_one)
end

defmodule Dock.Hub do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  @impl true
  def init(pids), do: {:ok, pids}
  @impl true
  def handle_call({:register, pid}, _from, pids), do: {:reply, :ok, [pid | pids]}
end

defmodule Dock.Ship do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  @impl true
  def init(_) do
    Process.monitor(Dock.Hub)
    GenServer.call(Dock.Hub, {:register, self()})
    {:ok, []}
  end

  @impl true
  def handle_info({:DOWN, _, _, _, _}, state), do: {:stop, :hub_down, state}
end
