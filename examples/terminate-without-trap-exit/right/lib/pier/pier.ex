defmodule Pier.Supervisor do
  use Supervisor
  def start_link(a), do: Supervisor.start_link(__MODULE__, a)
  @impl true
  def init(_), do: Supervisor.init([Pier.Pier], strategy: :one_for_one)
end

defmodule Pier.Pier do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @impl true
  def init(state) do
    Process.flag(:trap_exit, true)
    {:ok, state}
  end

  @impl true
  def terminate(_reason, _state) do
    GenServer.call(Pier.Harbour, {:leave, self()})
  end
end
