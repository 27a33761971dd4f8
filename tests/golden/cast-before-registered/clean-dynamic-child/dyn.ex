# clean: cast-before-registered
defmodule Dyn.Sup do
  use DynamicSupervisor
  def start_link(_), do: DynamicSupervisor.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: DynamicSupervisor.init(strategy: :one_for_one)
  def add(n), do: DynamicSupervisor.start_child(__MODULE__, {Dyn.Worker, n})
end

defmodule Dyn.App do
  use Application
  def start(_, _), do: Supervisor.start_link([Dyn.Sup, Dyn.Log], strategy: :one_for_one)
end

defmodule Dyn.Worker do
  use GenServer
  def start_link(n), do: GenServer.start_link(__MODULE__, n)

  def init(n) do
    GenServer.cast(Dyn.Log, {:started, n})
    {:ok, n}
  end
end

defmodule Dyn.Log do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, []}
  def handle_cast({:started, n}, log), do: {:noreply, [n | log]}
end
