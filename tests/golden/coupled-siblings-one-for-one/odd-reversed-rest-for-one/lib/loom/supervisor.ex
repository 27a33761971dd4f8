defmodule Loom.Supervisor do
  use Supervisor
  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg)
  @impl true
  def init(_) do
    # the dependency points forward
    [Loom.Weaver, Loom.Thread]
    # finding: coupled-siblings-one-for-one
    |> Supervisor.init(strategy: :rest_for_one)
  end
end

defmodule Loom.Thread do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  @impl true
  def init(s), do: {:ok, s}
  @impl true
  def handle_cast({:attach, pid}, s), do: {:noreply, [pid | s]}
end

defmodule Loom.Weaver do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  @impl true
  def init(_), do: {:ok, [], {:continue, :attach}}
  @impl true
  def handle_continue(:attach, s) do
    GenServer.cast(Loom.Thread, {:attach, self()})
    {:noreply, s}
  end
end
