defmodule Radio.Supervisor do
  use Supervisor

  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg, name: __MODULE__)

  @impl true
  def init(_arg) do
    # finding: coupled-siblings-one-for-one
    Supervisor.init([Radio.Hub, Radio.Listener], strategy: :one_for_one)
  end
end

defmodule Radio.Hub do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def register(pid), do: GenServer.call(__MODULE__, {:register, pid})

  @impl true
  def init(pids), do: {:ok, pids}

  @impl true
  def handle_call({:register, pid}, _from, pids), do: {:reply, :ok, [pid | pids]}
end

defmodule Radio.Listener do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @impl true
  def init(_) do
    :ok = Radio.Hub.register(self())
    {:ok, []}
  end
end
