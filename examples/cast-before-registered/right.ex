defmodule Mail.Office do
  use Supervisor

  def start_link(_), do: Supervisor.start_link(__MODULE__, [], name: __MODULE__)
  @impl true
  def init(_), do: Supervisor.init([Mail.Counter, Mail.Clerk], strategy: :rest_for_one)
end

defmodule Mail.Clerk do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)

  @impl true
  def init(_) do
    GenServer.cast(Mail.Counter, :opened)
    {:ok, []}
  end
end

defmodule Mail.Counter do
  use GenServer

  def start_link(_), do: GenServer.start_link(__MODULE__, 0, name: __MODULE__)
  @impl true
  def init(n), do: {:ok, n}
  @impl true
  def handle_cast(:opened, n), do: {:noreply, n + 1}
end
