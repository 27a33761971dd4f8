# clean: restart-type-mismatch
defmodule Leaf.Supervisor do
  use Supervisor
  def start_link(a), do: Supervisor.start_link(__MODULE__, a)
  @impl true
  def init(_) do
    [Leaf.Leaf |> Supervisor.child_spec(restart: :transient)]
    |> Supervisor.init(strategy: :one_for_one)
  end
end

defmodule Leaf.Leaf do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  @impl true
  def init(s), do: {:ok, s, 10}
  @impl true
  def handle_info(:timeout, s), do: {:stop, :normal, s}
end
