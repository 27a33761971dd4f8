defmodule Ring.Sup do
  use Supervisor
  def start_link(_), do: Supervisor.start_link(__MODULE__, [], name: __MODULE__)

  def init(_) do
    # the bell comes last
    [Ring.Rope, Ring.Bell] |> Supervisor.init(strategy: :one_for_one)
  end
end

defmodule Ring.Rope do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  def init(_) do
    # finding: cast-before-registered
    Ring.Bell |> GenServer.cast(:pull)
    {:ok, []}
  end
end

defmodule Ring.Bell do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, 0}
  def handle_cast(:pull, n), do: {:noreply, n + 1}
end
