defmodule Garden.Flags do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  @impl true
  def init(_) do
    Process.flag(:trap_exit, true)
    {:ok, nil}
  end

  # The controller is stopping the application: it waits for this process.
  @impl true
  def terminate(_reason, _state), do: Application.put_env(:garden, :open, false)
end

defmodule Garden.Sup do
  use Supervisor

  def start_link(_), do: Supervisor.start_link(__MODULE__, nil, name: __MODULE__)

  @impl true
  def init(_), do: Supervisor.init([Garden.Flags], strategy: :one_for_one)
end
