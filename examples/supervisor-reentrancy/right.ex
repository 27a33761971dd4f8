defmodule Field.Sup do
  use Supervisor

  def start_link(_), do: Supervisor.start_link(__MODULE__, nil, name: __MODULE__)

  @impl true
  def init(_), do: Supervisor.init([Field.Patient], strategy: :one_for_one)
end

defmodule Field.Patient do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)

  @impl true
  def init(_), do: {:ok, [], {:continue, :look}}

  # The supervisor has gone on.
  @impl true
  def handle_continue(:look, _), do: {:noreply, Supervisor.which_children(Field.Sup)}
end
