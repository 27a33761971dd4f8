# clean: restart-type-mismatch
defmodule Oven.Supervisor do
  use Supervisor
  def start_link(a), do: Supervisor.start_link(__MODULE__, a)
  @impl true
  def init(_), do: Supervisor.init([Oven.Oven], strategy: :one_for_one)
end

defmodule Oven.Oven do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def stop, do: GenServer.cast(__MODULE__, :stop)
  @impl true
  def init(s), do: {:ok, s}
  @impl true
  def handle_cast(:stop, s), do: {:stop, :normal, s}
end
